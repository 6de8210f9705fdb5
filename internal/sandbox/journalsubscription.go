package sandbox

import (
	"net/http"

	"satchel/internal/sandbox/journal"
)

func listJournalSubscriptions(c *call) (answer, error) {
	if err := c.needApp(scopeSubscriptions + "read"); err != nil {
		return answer{}, err
	}
	return ok(map[string][]journal.Subscription{"results": c.p.journal.Subscriptions()}), nil
}

func journalSubscribe(c *call) (answer, error) {
	if err := c.needApp(scopeSubscriptions + "write"); err != nil {
		return answer{}, err
	}
	var in journal.Request
	if err := decode(c.body, &in); err != nil {
		return answer{}, err
	}
	if in.Type == "" {
		return answer{}, notSet("subscriptionType")
	}
	defer c.p.saver.touch(c.p)
	out, err := c.p.journal.Subscribe(in)
	return journaled(http.StatusOK, out, err)
}

// numbered opens a call about something of the journal's subscriptions that a
// path names by number.
func (c *call) numbered(access, name string) (int64, error) {
	if err := c.needApp(scopeSubscriptions + access); err != nil {
		return 0, err
	}
	id, numeric := parseID(c.r.PathValue(name))
	if !numeric {
		return 0, invalid("The %s id %q is not a number", name, c.r.PathValue(name))
	}
	return id, nil
}

func getJournalSubscription(c *call) (answer, error) {
	id, err := c.numbered("read", "subscription")
	if err != nil {
		return answer{}, err
	}
	out, err := c.p.journal.Subscription(id)
	return journaled(http.StatusOK, out, err)
}

func journalUnsubscribe(c *call) (answer, error) {
	id, err := c.numbered("write", "subscription")
	if err != nil {
		return answer{}, err
	}
	defer c.p.saver.touch(c.p)
	return journaled(http.StatusNoContent, nil, c.p.journal.Unsubscribe(id))
}

func journalUnsubscribePortal(c *call) (answer, error) {
	id, err := c.numbered("write", "portal")
	if err != nil {
		return answer{}, err
	}
	defer c.p.saver.touch(c.p)
	c.p.journal.UnsubscribePortal(id)
	return noContent(), nil
}

func createJournalFilter(c *call) (answer, error) {
	if err := c.needApp(scopeSubscriptions + "write"); err != nil {
		return answer{}, err
	}
	var in struct {
		SubscriptionID int64          `json:"subscriptionId"`
		Filter         journal.Filter `json:"filter"`
	}
	if err := decode(c.body, &in); err != nil {
		return answer{}, err
	}
	if in.SubscriptionID == 0 {
		return answer{}, notSet("subscriptionId")
	}
	defer c.p.saver.touch(c.p)
	id, err := c.p.journal.CreateFilter(in.SubscriptionID, in.Filter)
	return journaled(http.StatusOK, map[string]int64{"filterId": id}, err)
}

func listJournalFilters(c *call) (answer, error) {
	id, err := c.numbered("read", "subscription")
	if err != nil {
		return answer{}, err
	}
	out, err := c.p.journal.Filters(id)
	return journaled(http.StatusOK, out, err)
}

func getJournalFilter(c *call) (answer, error) {
	id, err := c.numbered("read", "filter")
	if err != nil {
		return answer{}, err
	}
	out, err := c.p.journal.Filter(id)
	return journaled(http.StatusOK, out, err)
}

func deleteJournalFilter(c *call) (answer, error) {
	id, err := c.numbered("write", "filter")
	if err != nil {
		return answer{}, err
	}
	defer c.p.saver.touch(c.p)
	return journaled(http.StatusNoContent, nil, c.p.journal.DeleteFilter(id))
}

func requestSnapshots(c *call) (answer, error) {
	if err := c.needApp(scopeSnapshots + "write"); err != nil {
		return answer{}, err
	}
	var in struct {
		Requests []journal.SnapshotRequest `json:"snapshotRequests"`
	}
	if err := decode(c.body, &in); err != nil {
		return answer{}, err
	}
	defer c.p.saver.touch(c.p)
	out, err := c.p.journal.RequestSnapshots(in.Requests)
	return journaled(http.StatusOK, map[string][]journal.SnapshotResponse{"snapshotResponses": out}, err)
}

func snapshotStatus(c *call) (answer, error) {
	if err := c.needApp(scopeSnapshots+"read", scopeJournal); err != nil {
		return answer{}, err
	}
	out, err := c.p.journal.SnapshotStatus(c.r.PathValue("status"))
	return journaled(http.StatusOK, out, err)
}
