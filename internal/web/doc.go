// Package web serves the window's facades and the UI to a browser on this
// computer: POST /rpc/Facade.Method with a JSON array of arguments, changes as
// server-sent events, and the UI's files under a strict content security
// policy.
//
// It is for one person on one machine. A random token, printed once at the
// start, is exchanged for a cookie; without the cookie nothing but the exchange
// answers. Host and Origin must be this server's own, so that neither another
// page in the browser nor a rebound name can speak to it.
package web
