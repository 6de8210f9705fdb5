// Package wire holds what the faces show and take: flat data transfer objects,
// the error envelope, and nothing that decides anything. The window's bindings,
// the loopback HTTP API and the command line's --json speak it.
//
// Rules, because a bindings generator and three languages read it: exported
// structs with json tags, times as milliseconds, ids as strings, lists and maps
// never nil, no generics, no time.Time, no []byte, no embedded structs.
package wire
