// Package sandbox is a portal that runs on the rep's own machine: an
// independent model of HubSpot's public CRM API, with its shapes, limits,
// errors, OAuth pages and quirks.
//
// It imports nothing of Satchel, so that it cannot share Satchel's mistakes,
// and it is useful by itself to anybody who writes against HubSpot. Rules that
// come from HubSpot are taken from the project's fact sheet (hubspot-api.md);
// comments name its sections as "fact sheet 3.3".
//
// # Shape
//
// A [Portal] is one account: records, properties, pipelines, owners,
// associations, tokens and limits, in memory, behind one RWMutex. It is
// reached through [Portal.Handler] over TCP or through [Portal.RoundTripper]
// without sockets; both run the same code. Everything that differs between
// object types (names, ids, defaults, required properties, search fields) is an
// entry of the table in objecttype.go and a list of properties in defs_*.go, so
// a further type is data, not code.
//
// A record's current values are an immutable version ([doc], internal): a
// change makes a new one. The search index holds such versions too, which is
// how it can lag behind the records as HubSpot's does (Options.IndexLag).
//
// # Time
//
// All of the portal's time is Options.Now plus what [Portal.Advance] added:
// stamps, token expiry and the rate windows follow it. Latency is real time, and
// so are the milliseconds of [Portal.Requests].
//
// # Switches
//
// What Options says at first can be changed while the portal runs, by methods
// and by the control endpoints: [Portal.SetSettings], [Portal.SetLimits],
// [Portal.Fault]. A state file keeps the records, the tokens of the OAuth app and
// the clock, but no switches.
//
// # The way of a request
//
// A request is counted when it arrives, then its caller is identified, then the
// rate window of its bucket admits or refuses it, then the operation runs, then
// the answer waits for the latency and is written. Faults strike before or
// after the operation; an unreachable portal counts nothing. A body that is not
// declared as JSON is a 415, an address over 16,200 characters a 414, an
// unknown route a page.
//
// # Where HubSpot's behaviour is not known
//
// The fact sheet lists what nobody has verified. The sandbox decides these:
// writing the value a property already has adds no history version and moves no
// stamp; deleting an unknown id answers 204; a gdpr-delete purges at once; batches answer 207 in every
// version; setting lifecyclestage backwards is ignored without an error;
// NEQ, NOT_IN and NOT_CONTAINS_TOKEN match records that have no value; an
// owner that does not exist is refused as INVALID_OWNER_ID; the search body
// may hold 3,000 characters; associations batches carry no rate headers, as
// search does.
//
// Of sign-in: the token endpoint has no limit of its own, its 429 and BAD_HUB
// come by a fault, and that 429 has an errorType and no policyName; BAD_SCOPES
// goes with invalid_scope and "missing or unknown scopes"; v1 knows no
// client_credentials; a token without a user is refused where an account is
// needed, with MISSING_SCOPES; where PKCE is enforced a code without a challenge
// is refused too, and only S256 counts; a refresh token introspects with
// token_type Bearer and without an expiry; an unknown optional scope is dropped
// unless the app lists its scopes; the page's words for a scope that the account
// lacks are made up, and so are the signatures of signed_access_token.
//
// Of limits: Secondly is 15 beside 100 and else a tenth; a call of associations
// counts against the day of private apps as well as its own, which is 500,000 on
// every plan without the API limit increase; the increase is one, and for
// Professional and Enterprise only; Retry-After is rounded up to whole seconds;
// the category RATE_LIMITS takes the place of the errorType. A queue among the
// owners has no user ids, and an owner that is archived loses the grants of its
// user.
//
// Pipelines: a label or an id that is taken is a 409; a probability between the
// steps of 0.1 is taken, and a deal's stage of 0.0 or 1.0 is closed unless
// isClosed says otherwise; a stage in use is not deleted in any version, and a
// replace that drops stages asks as a delete does; records of a pipeline that
// went keep their values; the last pipeline of deals or tickets stays; the audit
// has the newest change first.
//
// Properties: "in use" is what a validation rule, an administrator's rule or the
// schema of the type itself names; of HubSpot's own definitions only options may
// be changed; a group with live properties is not deleted; the names groups and
// batch are refused, since paths would hide them; a property of another
// dataSensitivity than the one asked for is a 404, and its values need no
// further scope; in a batch archive one property that may not go refuses all.
//
// Rules: a broken validation rule is PROPERTY_VALIDATION_FAILED, in every
// version; a rule that needs arguments is removed by a PUT without any, one that
// needs none by "false"; BEFORE and AFTER durations count from now, FORMAT is
// kept and not enforced; conditional rules are asked when a write sets one of
// their two properties, the create form's only on create; a datetime that cannot
// be read is INVALID_LONG, a date INVALID_DATE.
//
// Associations: a limit that would be passed is a VALIDATION_ERROR; what was
// there before the limit stays, and a merge does not ask. The permission "Edit
// Associations" is all users' or nobody's; a create asks for it only when it has
// associations.
//
// Activities: the addresses of several recipients of an e-mail are joined by a
// semicolon, and headers that are no JSON are kept and name nobody.
//
// Custom objects: all associations of a type are USER_DEFINED, those with
// activities are made with it; the keys of inline associations are full names; a
// delete is refused while there are live records, a purge needs an archived
// type, whose name is taken until then; a stage's metadata is kept as sent; a
// pipeline is filled in only when a stage was sent; HubSpot's own types can be
// read as schemas and not changed.
//
// Webhooks and journal: a change of a calculated property or of a stage's date
// comes after the change that moved it, with the source CALCULATED; a creation
// carries all values at once. Archiving an associate, or editing a pipeline,
// changes calculated values without a word. An association change has the
// source CRM, all others have the one of the record's history. A merge tells of
// the links that the new record has, not of those that ended, and a gdpr-delete
// is a deletion as well.
//
// Limits: the numbers are those of an Enterprise account as far as is known, near
// is 80 percent; only custom types, custom and unique properties, stages and
// labels are refused beyond theirs.
//
// # Not for production
//
// The control endpoints under /_sandbox need no token and answer only on a
// loopback host name. Tokens are derived from a seed. Do not put real data here.
package sandbox
