// Package boot wires the rooms together: Open makes a Node from a
// configuration, Run keeps it going, Close ends it. It decides nothing that a
// room could decide.
package boot
