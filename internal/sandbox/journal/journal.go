package journal

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Options says whose journal it is. AppID, PortalID, Secret and Values are
// needed; the rest has defaults.
type Options struct {
	AppID    int64
	PortalID int64
	// Secret makes offsets and signs links. With equal secrets equal events have
	// equal offsets.
	Secret string
	// Now is the portal's clock, nil for time.Now. It is called under the
	// journal's lock and must not call back.
	Now func() time.Time
	// Values reads properties of a live record for a snapshot, false if there is
	// none. It is called by Status and by reads of the journal, never by Append
	// and never under the journal's lock.
	Values func(objectTypeID string, objectID int64, properties []string) (map[string]string, bool)
	// Lag is how long an event takes to appear. 0 shows it to the next read.
	Lag time.Duration
	// MaxBytes is how much is kept, 0 for 256 MB. Beyond it the oldest files are
	// dropped as if they were three days old.
	MaxBytes int
}

const (
	// MaxEvents is the most events of one file; fact sheet 7.3.
	MaxEvents = 10_000
	// MaxFileBytes is the most bytes of one file, unless it holds one event only;
	// fact sheet 7.3.
	MaxFileBytes = 5_000_000
	// Retention is how long a file is kept; fact sheet 7.3.
	Retention = 72 * time.Hour

	gather          = time.Second // how long a file is open without Lag
	defaultMaxBytes = 256 << 20
)

// Journal is one portal's journal for one app. It is safe for concurrent use.
type Journal struct {
	opt Options
	now func() time.Time

	mu           sync.Mutex // guards everything below
	subs         []Subscription
	filters      []StoredFilter
	files        []*file // by seq, without gaps
	bytes        int     // of all files
	seqs         map[string]int64
	open         draft
	snapshots    map[string]*snapshot
	lastSub      int64
	lastFilter   int64
	lastSeq      int64
	lastSnapshot int64
}

// draft is the file that is being filled.
type draft struct {
	since  int64 // ms, when its first event came
	events [][]byte
	size   int
}

// New makes an empty journal.
func New(o Options) *Journal {
	if o.MaxBytes <= 0 {
		o.MaxBytes = defaultMaxBytes
	}
	j := &Journal{opt: o, now: o.Now, seqs: map[string]int64{}, snapshots: map[string]*snapshot{}}
	if j.now == nil {
		j.now = time.Now
	}
	return j
}

// Append journals the events that a subscription asks for and drops the
// others. It keeps nothing of the events and never waits.
func (j *Journal) Append(events ...Event) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.subs) == 0 {
		return
	}
	j.turn(false)
	for i := range events {
		j.consider(&events[i])
	}
}

// Idle reports whether Append would journal nothing.
func (j *Journal) Idle() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.subs) == 0
}

// consider journals an event if a subscription asks for it.
func (j *Journal) consider(e *Event) {
	asked, all := false, false
	var names []string
	for i := range j.subs {
		s := &j.subs[i]
		if !s.wants(e) || !j.passes(s.ID, e) {
			continue
		}
		asked, all = true, all || len(s.Properties) == 0
		names = append(names, s.Properties...)
	}
	if asked {
		j.add(j.render(e, func(name string) bool { return all || slices.Contains(names, name) }))
	}
}

// add puts a record into the open file, and starts another when it is full.
func (j *Journal) add(r record) {
	data := encode(r)
	now := j.now().UnixMilli()
	const around = 200 // more than the offset, the stamp and the names take
	if n := len(j.open.events); n == MaxEvents || n > 0 && j.open.size+len(data)+around > MaxFileBytes {
		j.publish(now)
	}
	if len(j.open.events) == 0 {
		j.open.since = now
	}
	j.open.events = append(j.open.events, data)
	j.open.size += len(data) + 1
}

// turn brings files up to the clock: publishes what is due, or for a reader
// what is there, and forgets what is too old.
func (j *Journal) turn(reading bool) {
	now := j.now().UnixMilli()
	if len(j.open.events) > 0 {
		wait := j.opt.Lag
		if wait <= 0 {
			wait = gather
		}
		due := j.open.since + wait.Milliseconds()
		if due <= now || reading && j.opt.Lag <= 0 {
			j.publish(min(due, now))
		}
	}
	old := 0
	for old < len(j.files) && (now-int64(j.files[old].PublishedAt) >= Retention.Milliseconds() || j.bytes > j.opt.MaxBytes) {
		j.bytes -= len(j.files[old].Body)
		delete(j.seqs, j.files[old].Offset)
		j.files[old] = nil
		old++
	}
	j.files = j.files[old:]
}

func (j *Journal) stamp() Stamp { return Stamp(j.now().UnixMilli()) }

// mac signs a text.
func (j *Journal) mac(text string) []byte {
	h := hmac.New(sha256.New, []byte(j.opt.Secret))
	h.Write([]byte(text))
	return h.Sum(nil)
}

// uuid makes the nth id of a kind.
func (j *Journal) uuid(kind string, n int64) string {
	b := j.mac(kind + " " + strconv.FormatInt(n, 10))[:16]
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	s := hex.EncodeToString(b)
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

// encode writes v compactly; < and > stay as they are.
func encode(v any) []byte {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("journal: " + err.Error()) // strings, numbers and maps of them only
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
}
