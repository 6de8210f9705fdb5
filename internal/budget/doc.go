// Package budget keeps the calls to HubSpot within HubSpot's limits, and uses
// the limits up when there is work: whoever calls HubSpot takes a ticket first
// and hands it back with the answer.
//
// HubSpot counts in sliding windows and, as far as anybody can tell, when a
// call arrives. A call arrives at some moment between leaving here and its
// answer's end, so its slot is free one window after the answer ended, and not
// earlier. That makes the limit exact: of the calls that arrive within one
// window the last one was let go while all the others still held their slots.
// It costs latency/window of the ceiling, 1.5 % at 150 ms and ten seconds.
//
// Interactive calls (crm.LaneOf) go before background ones. Background calls
// leave a reserve: they are spread over the window at the rate of the limit
// without its reserve, and never hold the last half of it.
//
// Other programs may draw on the same limit. What Remaining says beyond our
// own calls is theirs: they get room, and the background slows down until all
// together leave some of the limit, and shares the rest evenly. It starts
// slowly for the same reason, and is at full speed after seven seconds.
//
// It makes no calls itself, retries nothing and keeps nothing across starts.
package budget
