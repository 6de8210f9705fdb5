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
// Calls are in lanes (crm.LaneOf), which share a bucket fairly when there is not
// enough for all: see fair. The rep goes first, and nothing starves. The pull
// (delta, backfill and sweep) leaves a tenth of all limits but search's while edits
// are sent, else half of that: it is spread over the window at the rate of the rest,
// and never holds the last twentieth.
// A part of every limit can be left to other programs: see Reserve. The daily
// limit is spread over the portal's day: see day.
//
// Other programs may draw on the same limit. What Remaining says beyond our
// own calls is theirs: they get room, and the pull slows down until all
// together leave some of the limit, and shares the rest evenly. It starts
// slowly for the same reason, is at full speed after two thirds of a window, sooner or
// at once when answers tell of nobody, and then makes up for what the first window
// has left: half of it at four times the rate, the rest at one and a half.
//
// It makes no calls itself, retries nothing and keeps nothing across starts.
package budget
