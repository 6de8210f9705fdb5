// Package cli is the command line: the same use cases as the window, with text
// for people and --json for programs. It also starts the window, the loopback
// server and the sandbox.
//
// Exit codes: 0 done, 1 failed, 2 wrong use, 3 a sign-in is needed, 4 edits
// wait or are in conflict. Answers go to standard output, everything else to
// standard error.
package cli
