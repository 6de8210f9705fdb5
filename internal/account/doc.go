// Package account is who the rep is and which portal the local copy belongs
// to: connecting by OAuth, by a pasted token or to the sample portal, choosing
// an owner, and disconnecting.
//
// It never mixes two portals in one copy, never drops edits that wait without
// being told to, and never sees a request: HubSpot, the browser sign-in and the
// keychain are ports.
package account
