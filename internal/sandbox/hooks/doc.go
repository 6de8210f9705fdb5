// Package hooks is HubSpot's push side: webhook subscriptions, and a sender
// that signs what changed and delivers it to an app's target address; fact
// sheet 7.1 and 7.2.
//
// It serves no HTTP and knows no portal: the portal says what happened with
// [Sender.Publish] and maps an [Error] to HubSpot's envelope.
//
// # Time
//
// Everything that is due, stamped or signed follows Options.Now, the portal's
// clock, which can be moved. A delivery's timeout is real time. Whoever moves
// the clock calls [Sender.Wake], or [Sender.Pump] to wait for the result. The
// retries of a notification are due at fixed times after its first attempt, so
// a clock that jumps by a day makes all of them due at once.
//
// # Where HubSpot's behaviour is not known
//
// The sender decides these. One event has one eventId, which all notifications
// made from it share. A failed batch's notifications are retried 1, 3, 8, 23
// and 53 minutes and 1:53, 3:53, 7:53, 13:53 and 23:53 hours after the first
// attempt, each by itself in whatever batch is then made; HubSpot's delays are
// random. An answer of 3xx counts as a failure. A creation carries changeFlag
// NEW (seen) and a deletion DELETED; other kinds carry none. A merge and an
// association change carry no objectId. A value of a sensitive property is
// sent as REDACTED. Deleting the settings keeps what is waiting and queues
// nothing new until there is a target again; pausing or deleting a subscription
// does not recall what is waiting. A second subscription to the same thing is
// refused with 409, and a propertyName where it has no meaning is dropped.
// Settings take effect at once, not after up to five minutes.
package hooks
