// Package syncer decides when to pull and when to push: the schedule, waking
// up, what to do offline, after an error, while paused and after a sign-in.
//
// It neither pulls nor pushes itself and knows nothing of records; what is
// pulled is the business of package pull, what is sent that of package outbox.
package syncer
