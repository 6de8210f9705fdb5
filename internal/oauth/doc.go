// Package oauth signs a rep in to HubSpot and keeps the sign-in alive: the
// authorisation in the system browser with the answer on a loopback port,
// refreshing, introspection, revocation.
//
// HubSpot's rules shape it (hubspot.com developer docs, working with OAuth):
// a redirect address must be registered in full, with its port, and plain http
// is allowed for the host "localhost" only, so an app registers RedirectURLs
// and one of their ports is used; the client secret is needed in every call,
// PKCE is sent besides; all parameters of the token endpoint go into the body.
//
// A client secret is the rep's own app's, or there is none here at all and a
// gateway does this part. Tokens live in memory; the refresh token alone is
// handed to a Keeper. Neither appears in an error or a log.
package oauth
