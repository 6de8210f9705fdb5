// Package desktop is the face of the window: small facades, one per feature,
// whose methods are what the UI may call. They translate between wire and the
// use cases, bound what they take, and do nothing else. The window binds them,
// `serve` offers the very same ones over loopback HTTP.
//
// Every method answers (T, error) or error, runs under a timeout, and turns a
// panic into an error. Errors stay domain errors here; the channel writes them
// as wire.Error.
package desktop
