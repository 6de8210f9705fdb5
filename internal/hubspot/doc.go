// Package hubspot speaks HubSpot's HTTP API and translates between it and crm:
// records, properties, pipelines, owners and associations one way, edits the
// other, and every answer that is not a success into a crm.Error whose Kind
// says what is known about what happened.
//
// The contract with its callers, on which the outbox stands:
//
//   - Reads are retried here, a few times. Writes are not, unless HubSpot
//     certainly did nothing: 429, 423, and 401 after the token was renewed.
//   - A write's error of kind Offline, RateLimited, Unauthorized, Forbidden,
//     Upstream or Canceled means that nothing was done; Uncertain means that it
//     was sent and the answer was lost, in whole or in part. Invalid, NotFound
//     and Conflict are HubSpot's refusal, and nothing was done either.
//   - A read's error is never Uncertain.
//   - Batches answer every row exactly once, whatever HubSpot's answer left
//     out, doubled or shuffled.
//   - A web page in place of data, and any redirect, is a captive portal or a
//     proxy: kind Offline, whatever its status says.
//
// It holds no records, decides nothing about conflicts and keeps no state but
// its connections. Every call takes a ticket of the budget first.
package hubspot
