package journal

import (
	"bytes"
	"crypto/hmac"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// file is a published part of the journal.
type file struct {
	Seq         int64  `json:"seq"`
	Offset      string `json:"offset"`
	PublishedAt Stamp  `json:"publishedAt"`
	Events      int    `json:"events"`
	Body        string `json:"body"` // what Open gives
}

// publish closes the open file.
func (j *Journal) publish(at int64) {
	j.lastSeq++
	events := bytes.Join(j.open.events, []byte(","))
	// an offset is of these events: a journal that lost its newest files by a crash
	// does not give their offsets to others
	f := &file{Seq: j.lastSeq, Offset: j.uuid("file "+string(events), j.lastSeq), PublishedAt: Stamp(at), Events: len(j.open.events)}
	var b strings.Builder
	b.Grow(j.open.size + 200)
	b.WriteString(`{"offset":"` + f.Offset + `","journalEvents":[`)
	b.Write(events)
	b.WriteString(`],"publishedAt":"` + f.PublishedAt.Time().Format(stampLayout) + `"}`)
	f.Body = b.String()
	j.open = draft{}
	j.keep(f)
}

func (j *Journal) keep(f *file) {
	j.files = append(j.files, f)
	j.seqs[f.Offset] = f.Seq
	j.bytes += len(f.Body)
}

// linkLife is how long a link to a file works.
const linkLife = 5 * time.Minute

// Entry is where a file can be fetched: HubSpot's JournalFetchResponse. URL is
// left to whoever knows the server's address: it ends in Token.
type Entry struct {
	URL           string `json:"url"`
	ExpiresAt     Stamp  `json:"expiresAt"`
	CurrentOffset string `json:"currentOffset"`
	Token         string `json:"-"`
}

// Earliest is the oldest file that is kept; false means there is none, which
// is HubSpot's 204.
func (j *Journal) Earliest() (Entry, bool) {
	defer j.reading()()
	return first(j.entries(0, 1))
}

// Latest is the newest file; false means there is none, which is HubSpot's 204.
func (j *Journal) Latest() (Entry, bool) {
	defer j.reading()()
	return first(j.entries(len(j.files)-1, 1))
}

// Next is the file after the one with this offset; false means nothing newer,
// which is HubSpot's 204. An offset that is unknown or older than three days is
// refused with 404: its reader has missed events.
func (j *Journal) Next(offset string) (Entry, bool, error) {
	list, err := j.NextBatch(offset, 1)
	e, ok := first(list)
	return e, ok, err
}

// EarliestBatch is the oldest files, at most count, oldest first. A count below
// 1 is refused with 400.
func (j *Journal) EarliestBatch(count int) ([]Entry, error) {
	defer j.reading()()
	return j.entries(0, count), checkCount(count)
}

// LatestBatch is the newest files, at most count, oldest first. A count below 1
// is refused with 400.
func (j *Journal) LatestBatch(count int) ([]Entry, error) {
	defer j.reading()()
	return j.entries(len(j.files)-count, count), checkCount(count)
}

// NextBatch is the files after the one with this offset, at most count, oldest
// first; none means nothing newer. It refuses as Next does, and a count below 1
// with 400.
func (j *Journal) NextBatch(offset string, count int) ([]Entry, error) {
	defer j.reading()()
	if err := checkCount(count); err != nil {
		return nil, err
	}
	seq, known := j.seqs[offset]
	if !known {
		return nil, notFound("Offset %q is unknown or older than three days", offset)
	}
	return j.entries(int(seq-j.files[0].Seq)+1, count), nil
}

// BatchRead finds the files with these offsets, in their order, and returns the
// offsets that are unknown or older than three days apart.
func (j *Journal) BatchRead(offsets []string) (found []Entry, missing []string) {
	defer j.reading()()
	found = []Entry{}
	for _, offset := range offsets {
		seq, known := j.seqs[offset]
		if !known {
			missing = append(missing, offset)
			continue
		}
		found = append(found, j.entries(int(seq-j.files[0].Seq), 1)...)
	}
	return found, missing
}

// reading settles snapshots, locks the journal, brings it up to the clock and
// returns the way to unlock it.
func (j *Journal) reading() (done func()) {
	j.settle()
	j.mu.Lock()
	j.turn(true)
	return j.mu.Unlock
}

// entries makes links to count files from index on, as far as there are any.
func (j *Journal) entries(from, count int) []Entry {
	from = max(from, 0)
	out := []Entry{}
	for i := from; i < len(j.files) && i-from < count; i++ {
		expires := j.stamp() + Stamp(linkLife.Milliseconds())
		out = append(out, Entry{ExpiresAt: expires, CurrentOffset: j.files[i].Offset, Token: j.token(j.files[i].Offset, expires)})
	}
	return out
}

func first(list []Entry) (Entry, bool) {
	if len(list) == 0 {
		return Entry{}, false
	}
	return list[0], true
}

func checkCount(count int) error {
	if count < 1 {
		return invalid("count must be at least 1, got %d", count)
	}
	return nil
}

// token is the end of a link: the offset and the time it ends, signed.
func (j *Journal) token(offset string, expires Stamp) string {
	text := offset + "." + strconv.FormatInt(int64(expires), 10)
	return text + "." + base64.RawURLEncoding.EncodeToString(j.mac("link "+text))
}

// Open gives the file that a token stands for, as JSON. A token that was not
// made here or has expired is refused with 403, as a presigned address is, and
// one whose file is gone with 404.
func (j *Journal) Open(token string) ([]byte, error) {
	refused := &Error{Code: http.StatusForbidden, Category: "FORBIDDEN", Message: "This link is not valid or has expired"}
	offset, rest, _ := strings.Cut(token, ".")
	ms, _, _ := strings.Cut(rest, ".")
	expires, err := strconv.ParseInt(ms, 10, 64)
	if err != nil || !hmac.Equal([]byte(token), []byte(j.token(offset, Stamp(expires)))) {
		return nil, refused
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.turn(false)
	if int64(j.stamp()) >= expires {
		return nil, refused
	}
	seq, known := j.seqs[offset]
	if !known {
		return nil, notFound("This part of the journal is gone")
	}
	return []byte(j.files[seq-j.files[0].Seq].Body), nil
}
