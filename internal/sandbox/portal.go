package sandbox

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"satchel/internal/sandbox/journal"
)

// uiDomain is the host of the links to records.
const uiDomain = "app.hubspot.com"

// Portal is one HubSpot account. All its methods are safe for concurrent use.
type Portal struct {
	opt      Options
	log      *slog.Logger
	clock    func() time.Time
	skew     atomic.Int64 // ns, added by Advance
	calls    atomic.Uint64
	salt     uint64
	portalID int64
	zone     *time.Location
	meter    *meter
	faults   faults
	requests requestLog
	saver    saver
	kinds    kinds
	pushes   *pushes
	journal  *journal.Journal
	kept     feeds // of the state file, until openFeeds

	mu        sync.RWMutex // guards everything below
	tables    []*table
	owners    []*owner
	pipelines map[string][]*pipeline // by type name
	linkTypes []*linkType
	auth      auth
	tokens    []staticToken
	lagging   []lagged
	sources   map[source]*source
	hearers   []hearer
}

// Open makes the portal, or loads it. A bad seed file is an error that names
// the file and the line.
func Open(o Options) (*Portal, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	pl, _ := planOf(o.Limits) // checked
	p := &Portal{opt: o, log: o.Logger, clock: o.Now, salt: mix(uint64(o.Seed)), zone: berlin(), sources: map[source]*source{}}
	if p.clock == nil {
		p.clock = time.Now
	}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	p.portalID = 146_000_000 + int64(p.salt%900_000)
	p.meter = newMeter(pl, p.portalID, p.zone)
	p.meter.name, p.meter.retryAfter, p.meter.category = cmp.Or(o.Limits, "oauth"), o.RetryAfter, o.RateCategory
	p.faults.note = p.note
	p.auth = p.newAuth()
	if err := p.build(); err != nil {
		return nil, err
	}
	loaded, err := p.load()
	switch {
	case err != nil:
		return nil, err
	case loaded:
	case o.SeedDir != "":
		err = p.seed(o.SeedDir, o.ShiftDates)
	default:
		err = p.make(o.Contacts)
	}
	if err != nil {
		return nil, err
	}
	p.issueTokens(false)
	p.index()
	return p, p.openFeeds()
}

// openFeeds makes the two ways in which an app hears of changes, as they were
// when the portal was saved.
func (p *Portal) openFeeds() error {
	p.pushes, p.journal = p.newPushes(), p.newJournal()
	if err := p.kept.restore(p.pushes, p.journal); err != nil {
		return fmt.Errorf("load portal from %s: %w", p.opt.StateFile, err)
	}
	p.kept = feeds{}
	p.listen(p.pushes.hear, p.pushes.Idle)
	p.listen(p.journalHear, p.journal.Idle)
	if _, err := p.pushes.Settings(); err == nil {
		p.pushes.begin() // there is a target, and perhaps something waits
	}
	return nil
}

// build makes the empty portal: types, properties, pipelines, link types.
func (p *Portal) build() error {
	p.linkTypes = hubspotLinkTypes()
	p.pipelines = map[string][]*pipeline{"deals": {salesPipeline()}, "tickets": {supportPipeline()}}
	for _, kind := range objectTypes() {
		if _, err := p.addTable(kind); err != nil {
			return fmt.Errorf("%s: %w", kind.plural, err)
		}
	}
	p.refreshStages()
	return nil
}

// Close saves the state, if it is kept, and ends the background saving.
func (p *Portal) Close() error {
	p.pushes.close()
	return p.saveNow()
}

// Credentials are what a client of this portal needs.
type Credentials struct {
	PortalID     int64
	AppID        int64  // of the OAuth app, in the paths of its webhooks
	Token        string // the first static bearer token
	ClientID     string // of the OAuth app
	ClientSecret string
}

// Credentials returns the portal's id, its first static token and its OAuth app.
func (p *Portal) Credentials() Credentials {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return Credentials{PortalID: p.portalID, AppID: p.auth.AppID, Token: p.tokens[0].Token, ClientID: p.auth.ClientID, ClientSecret: p.auth.Secret}
}

// Now is the portal's time.
func (p *Portal) Now() time.Time { return p.clock().Add(time.Duration(p.skew.Load())) }

// Advance moves the portal's time forward: tokens expire, windows roll, the
// search index catches up. A negative d does nothing: the clock does not go back.
func (p *Portal) Advance(d time.Duration) {
	p.skew.Add(int64(max(d, 0)))
	p.pushes.Wake()
}

func (p *Portal) nowMS() int64 { return p.Now().UnixMilli() }

// secret derives an opaque value from the seed and a name.
func (p *Portal) secret(name string) [32]byte {
	var salt [8]byte
	binary.BigEndian.PutUint64(salt[:], p.salt)
	return sha256.Sum256(append(salt[:], name...))
}

func (p *Portal) uuid(name string) string {
	b := p.secret(name)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return formatUUID(b[:16])
}

func (p *Portal) opaque(name string) string {
	a, b := p.secret(name), p.secret(name+"'")
	return base64.RawURLEncoding.EncodeToString(append(a[:], b[:]...))
}

// correlation makes a request's id: a UUIDv7, as HubSpot's are lately.
func (p *Portal) correlation() string {
	n := p.calls.Add(1)
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(p.nowMS())<<16|mix(p.salt^n)&0x0fff|0x7000)
	binary.BigEndian.PutUint64(b[8:], mix(p.salt+n)&(1<<62-1)|1<<63)
	return formatUUID(b[:])
}

func formatUUID(b []byte) string {
	s := hex.EncodeToString(b)
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

// source returns the one copy of a source, so that a million versions share it.
func (p *Portal) source(s source) *source {
	if known, ok := p.sources[s]; ok {
		return known
	}
	p.sources[s] = &s
	return &s
}

// berlin is the account's time zone; where the machine has no zone data, its
// winter time.
func berlin() *time.Location {
	if zone, err := time.LoadLocation("Europe/Berlin"); err == nil {
		return zone
	}
	return time.FixedZone("Europe/Berlin", 3600)
}

func missing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
