package sandbox

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"satchel/internal/sandbox/journal"
)

// journalRoutes mounts the journal of an app: its subscriptions, files and
// snapshots; fact sheet 7.3. Calls are the app's own, made with a token of
// client_credentials, and count against no limit.
func journalRoutes(on mount) {
	read := func(op operation, method, rest string) {
		on(op, method, "/webhooks-journal/journal/{v}"+rest, "/webhooks-journal/journal-local/{v}"+rest)
	}
	read(journalEarliest, "GET", "/earliest")
	read(journalLatest, "GET", "/latest")
	read(journalNext, "GET", "/offset/{offset}/next")
	read(journalEarliestBatch, "GET", "/batch/earliest/{count}")
	read(journalLatestBatch, "GET", "/batch/latest/{count}")
	read(journalNextBatch, "GET", "/batch/{offset}/next/{count}")
	read(journalBatchRead, "POST", "/batch/read")
	read(snapshotStatus, "GET", "/status/{status}")
	on(requestSnapshots, "POST", "/webhooks-journal/snapshots/{v}/crm")
	subs := func(op operation, method, rest string) { on(op, method, "/webhooks-journal/subscriptions/{v}"+rest) }
	subs(listJournalSubscriptions, "GET", "")
	subs(journalSubscribe, "POST", "")
	subs(getJournalSubscription, "GET", "/{subscription}")
	subs(journalUnsubscribe, "DELETE", "/{subscription}")
	subs(journalUnsubscribePortal, "DELETE", "/portals/{portal}")
	subs(createJournalFilter, "POST", "/filters")
	subs(listJournalFilters, "GET", "/filters/subscription/{subscription}")
	subs(getJournalFilter, "GET", "/filters/{filter}")
	subs(deleteJournalFilter, "DELETE", "/filters/{filter}")
}

func (p *Portal) newJournal() *journal.Journal {
	return journal.New(journal.Options{
		AppID: p.auth.AppID, PortalID: p.portalID, Secret: p.auth.Secret, Now: p.Now,
		Values: func(typ string, id int64, names []string) (map[string]string, bool) {
			t, err := p.kindOf(typ)
			if err != nil {
				return nil, false
			}
			p.mu.RLock()
			defer p.mu.RUnlock()
			r := t.find(id)
			if r == nil || r.cur.archived != 0 {
				return nil, false
			}
			out := map[string]string{}
			for _, name := range names {
				if _, known := t.byName[name]; known {
					out[name] = t.named(r.cur, name)
				}
			}
			return out, true
		},
	})
}

// journalHear writes a change into the journal. The portal's lock is held.
func (p *Portal) journalHear(c happening) {
	e := journal.Event{
		OccurredAt: time.UnixMilli(c.at), ObjectTypeID: c.t.kind.id, ObjectID: c.id, Changes: c.values,
		Value: func(name string) string {
			if r := c.t.find(c.id); r != nil {
				return c.t.named(r.cur, name)
			}
			return ""
		},
	}
	switch c.kind {
	case hasBegun:
		e.Action = journal.Create
	case hasChanged:
		e.Action = journal.Update
	case hasGone:
		e.Action = journal.Delete
	case hasReturned:
		e.Action = journal.Restore
	case hasMerged:
		e.Action = journal.Merge
		e.Merged = journal.Merged{PrimaryID: c.merged[0], IDs: c.merged[1:], PropertiesMoved: c.moved}
	case isForgotten:
		e.Action = journal.GDPRDelete
	case hasLinked:
		e.Action = journal.AssociationAdded
		if c.gone {
			e.Action = journal.AssociationRemoved
		}
		e.Association = journal.Association{
			ToTypeID: c.far.kind.id, ToID: c.to, TypeID: int64(c.link.ID), Category: c.link.Category, Primary: c.link.primary,
		}
	}
	p.journal.Append(e)
}

// journaled turns an answer of the journal into one of the API.
func journaled(code int, out any, err error) (answer, error) {
	if refused, is := errors.AsType[*journal.Error](err); is {
		return answer{}, &apiError{code: refused.Code, Message: refused.Message, Category: refused.Category}
	}
	switch {
	case err != nil:
		return answer{}, err
	case code == http.StatusNoContent:
		return noContent(), nil
	}
	return answer{code: code, body: encodeJSON(out)}, nil
}

// journalEntry answers with a file's link, or 204 when there is none.
func (c *call) journalEntry(e journal.Entry, there bool, err error) (answer, error) {
	if err == nil && !there {
		return noContent(), nil
	}
	return journaled(http.StatusOK, c.linked(e), err)
}

// linked gives a file its address: presigned, for anybody who has it.
func (c *call) linked(e journal.Entry) journal.Entry {
	e.URL = "http://" + c.r.Host + "/_journal/" + e.Token
	return e
}

func (c *call) journalEntries(list []journal.Entry, missing []string, err error) (answer, error) {
	if err != nil {
		return journaled(0, nil, err)
	}
	started := c.p.nowMS()
	out := make([]journal.Entry, 0, len(list))
	for _, e := range list {
		out = append(out, c.linked(e))
	}
	var problems []batchError
	if len(missing) > 0 {
		problems = append(problems, batchError{
			Status: "error", Category: "OBJECT_NOT_FOUND", Message: "Some offsets are unknown or older than three days",
			Context: map[string][]string{"offsets": missing},
		})
	}
	return finishLinks(c, http.StatusOK, out, problems, started), nil
}

const (
	scopeJournal       = "developer.webhooks_journal.read"
	scopeSubscriptions = "developer.webhooks_journal.subscriptions."
	scopeSnapshots     = "developer.webhooks_journal.snapshots."
)

// needApp refuses callers without one of the scopes, and those that are not the
// app itself: the journal is of all its installs.
func (c *call) needApp(scopes ...string) error {
	own := *c.who
	own.static = false // such a token is of one portal, whatever its scopes
	return own.need(scopes)
}

// ofJournal opens a call for reading the journal: the scope, and the portal if
// one is asked for.
func (c *call) ofJournal() error {
	if err := c.needApp(scopeJournal); err != nil {
		return err
	}
	if id := c.r.URL.Query().Get("installPortalId"); id != "" && id != strconv.FormatInt(c.p.portalID, 10) {
		return invalid("The app is not installed in portal %s", id)
	}
	return nil
}

func journalEarliest(c *call) (answer, error) {
	if err := c.ofJournal(); err != nil {
		return answer{}, err
	}
	e, there := c.p.journal.Earliest()
	return c.journalEntry(e, there, nil)
}

func journalLatest(c *call) (answer, error) {
	if err := c.ofJournal(); err != nil {
		return answer{}, err
	}
	e, there := c.p.journal.Latest()
	return c.journalEntry(e, there, nil)
}

func journalNext(c *call) (answer, error) {
	if err := c.ofJournal(); err != nil {
		return answer{}, err
	}
	return c.journalEntry(c.p.journal.Next(c.r.PathValue("offset")))
}

// count reads how many files a batch asks for, at most 100.
func (c *call) count() (int, error) {
	if err := c.ofJournal(); err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(c.r.PathValue("count"))
	if err != nil || n < 1 || n > 100 {
		return 0, invalid("count must be between 1 and 100, but was %s", c.r.PathValue("count"))
	}
	return n, nil
}

func journalEarliestBatch(c *call) (answer, error) {
	n, err := c.count()
	if err != nil {
		return answer{}, err
	}
	list, err := c.p.journal.EarliestBatch(n)
	return c.journalEntries(list, nil, err)
}

func journalLatestBatch(c *call) (answer, error) {
	n, err := c.count()
	if err != nil {
		return answer{}, err
	}
	list, err := c.p.journal.LatestBatch(n)
	return c.journalEntries(list, nil, err)
}

func journalNextBatch(c *call) (answer, error) {
	n, err := c.count()
	if err != nil {
		return answer{}, err
	}
	list, err := c.p.journal.NextBatch(c.r.PathValue("offset"), n)
	return c.journalEntries(list, nil, err)
}

func journalBatchRead(c *call) (answer, error) {
	if err := c.ofJournal(); err != nil {
		return answer{}, err
	}
	var in struct {
		Inputs []string `json:"inputs"`
	}
	if err := decode(c.body, &in); err != nil {
		return answer{}, err
	}
	if len(in.Inputs) == 0 || len(in.Inputs) > 100 {
		return answer{}, invalid("A batch reads 1 to 100 offsets, but was given %d", len(in.Inputs))
	}
	found, missing := c.p.journal.BatchRead(in.Inputs)
	return c.journalEntries(found, missing, nil)
}

// journalFile serves a file to whoever has its link, as HubSpot's storage does.
func (p *Portal) journalFile(w http.ResponseWriter, r *http.Request) {
	if p.faults.unreachable() {
		hangUp(w, false)
		return
	}
	body, err := p.journal.Open(r.PathValue("token"))
	a := answer{code: http.StatusOK, body: body}
	if err != nil {
		_, failed := journaled(0, nil, err)
		a = failure(failed, p.correlation())
	}
	w.Header().Set("Content-Type", jsonType)
	w.WriteHeader(a.code)
	_, _ = w.Write(a.body) // the caller may be gone; there is nobody to tell
}
