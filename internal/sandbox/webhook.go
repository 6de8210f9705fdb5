package sandbox

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"satchel/internal/sandbox/hooks"
)

// webhookRoutes mounts the settings and subscriptions of an app's webhooks;
// fact sheet 7.1.
func webhookRoutes(on mount) {
	at := func(op operation, method, rest string) {
		on(op, method, "/app-webhooks/2026-09/{app}"+rest, "/webhooks/2026-03/{app}"+rest, "/webhooks/v3/{app}"+rest)
	}
	at(getHookSettings, "GET", "/settings")
	at(putHookSettings, "PUT", "/settings")
	at(deleteHookSettings, "DELETE", "/settings")
	at(listHooks, "GET", "/subscriptions")
	at(createHook, "POST", "/subscriptions")
	at(updateHooks, "POST", "/subscriptions/batch/update")
	at(getHook, "GET", "/subscriptions/{subscription}")
	at(updateHook, "PATCH", "/subscriptions/{subscription}")
	at(deleteHook, "DELETE", "/subscriptions/{subscription}")
}

// pushes is the sending side of webhooks with its background work, which begins
// when an app first says where to send to.
type pushes struct {
	*hooks.Sender
	start sync.Once
	end   context.CancelFunc
	done  chan struct{}
}

func (p *Portal) newPushes() *pushes {
	return &pushes{done: make(chan struct{}), Sender: hooks.New(hooks.Options{
		AppID: p.auth.AppID, PortalID: p.portalID, Secret: p.auth.Secret, Now: p.Now, Logger: p.log,
	})}
}

// begin lets the background work run until close.
func (h *pushes) begin() {
	h.start.Do(func() {
		ctx, cancel := context.WithCancel(context.Background()) //nolint:forbidigo // a portal has Close
		h.end = cancel
		go func() {
			defer close(h.done)
			_ = h.Run(ctx) // it ends with ctx
		}()
	})
}

func (h *pushes) close() {
	h.start.Do(func() {}) // it does not begin any more
	if h.end != nil {
		h.end()
		<-h.done
	}
}

// hear passes a change on to the app's webhooks. The portal's lock is held.
func (h *pushes) hear(c happening) {
	e := hooks.Event{
		Kind: hooks.Kind(c.kind), ObjectTypeID: c.t.kind.id, ObjectID: c.id, OccurredAt: time.UnixMilli(c.at), Source: "CRM",
	}
	if c.t.kind.custom == nil { // whatever the account named its own type
		e.Stem = c.t.kind.singular
	}
	if c.src != nil {
		e.Source, e.SourceID = c.src.Type, c.src.ID
	}
	switch c.kind {
	case hasLinked:
		e.Association = hooks.Association{
			Type:   c.t.kind.upper + "_TO_" + c.far.kind.upper,
			TypeID: int64(c.link.ID), Category: c.link.Category, FromID: c.id, ToID: c.to,
			FromTypeID: c.link.From, ToTypeID: c.link.To, Removed: c.gone, Primary: c.link.primary,
		}
	case hasMerged:
		e.PrimaryID, e.MergedIDs, e.NewID, e.PropertiesMoved = c.merged[0], c.merged[1:], c.id, c.moved
	}
	if c.kind != hasChanged {
		h.Publish(e)
	}
	e.Kind = hooks.PropertyChange
	for _, name := range slices.Sorted(maps.Keys(c.values)) {
		e.Property, e.Value = name, c.values[name]
		h.Publish(e)
	}
}

// ofApp refuses callers that may not see to the app's webhooks, and other apps.
func (c *call) ofApp(access string) error {
	if err := c.need("developers-"+access, "private-apps-"+access); err != nil {
		return err
	}
	if id := c.r.PathValue("app"); id != strconv.FormatInt(c.p.auth.AppID, 10) {
		return &apiError{code: http.StatusNotFound, Message: "App " + id + " does not exist", Category: "OBJECT_NOT_FOUND"}
	}
	return nil
}

// told turns an answer of the sender into one of the API.
func told(code int, out any, err error) (answer, error) {
	if refused, is := errors.AsType[*hooks.Error](err); is {
		return answer{}, &apiError{code: refused.Code, Message: refused.Message, Category: refused.Category}
	}
	if err != nil {
		return answer{}, err
	}
	if code == http.StatusNoContent {
		return noContent(), nil
	}
	return answer{code: code, body: encodeJSON(out)}, nil
}

func getHookSettings(c *call) (answer, error) {
	if err := c.ofApp("read"); err != nil {
		return answer{}, err
	}
	out, err := c.p.pushes.Settings()
	return told(http.StatusOK, out, err)
}

func putHookSettings(c *call) (answer, error) {
	if err := c.ofApp("write"); err != nil {
		return answer{}, err
	}
	var in struct {
		Target     string           `json:"targetUrl"`
		Throttling hooks.Throttling `json:"throttling"`
	}
	if err := decode(c.body, &in); err != nil {
		return answer{}, err
	}
	if in.Target == "" {
		return answer{}, notSet("targetUrl")
	}
	out, err := c.p.pushes.PutSettings(in.Target, in.Throttling)
	if err == nil {
		c.p.pushes.begin()
		c.p.saver.touch(c.p)
	}
	return told(http.StatusOK, out, err)
}

func deleteHookSettings(c *call) (answer, error) {
	if err := c.ofApp("write"); err != nil {
		return answer{}, err
	}
	defer c.p.saver.touch(c.p)
	return told(http.StatusNoContent, nil, c.p.pushes.DeleteSettings())
}

func listHooks(c *call) (answer, error) {
	if err := c.ofApp("read"); err != nil {
		return answer{}, err
	}
	return ok(map[string][]hooks.Subscription{"results": c.p.pushes.Subscriptions()}), nil
}

func createHook(c *call) (answer, error) {
	if err := c.ofApp("write"); err != nil {
		return answer{}, err
	}
	var in hooks.NewSubscription
	if err := decode(c.body, &in); err != nil {
		return answer{}, err
	}
	if in.EventType == "" {
		return answer{}, notSet("eventType")
	}
	defer c.p.saver.touch(c.p)
	out, err := c.p.pushes.CreateSubscription(in)
	return told(http.StatusCreated, out, err)
}

// subscription opens a call about one subscription.
func (c *call) subscription(access string) (int64, error) {
	if err := c.ofApp(access); err != nil {
		return 0, err
	}
	id, numeric := parseID(c.r.PathValue("subscription"))
	if !numeric {
		return 0, invalid("Subscription id %q is not a number", c.r.PathValue("subscription"))
	}
	return id, nil
}

func getHook(c *call) (answer, error) {
	id, err := c.subscription("read")
	if err != nil {
		return answer{}, err
	}
	out, err := c.p.pushes.Subscription(id)
	return told(http.StatusOK, out, err)
}

func updateHook(c *call) (answer, error) {
	id, err := c.subscription("write")
	if err != nil {
		return answer{}, err
	}
	var in struct {
		Active *bool `json:"active"`
	}
	if err := decode(c.body, &in); err != nil {
		return answer{}, err
	}
	if in.Active == nil { // which is all that can change
		out, err := c.p.pushes.Subscription(id)
		return told(http.StatusOK, out, err)
	}
	defer c.p.saver.touch(c.p)
	out, err := c.p.pushes.SetActive(id, *in.Active)
	return told(http.StatusOK, out, err)
}

func deleteHook(c *call) (answer, error) {
	id, err := c.subscription("write")
	if err != nil {
		return answer{}, err
	}
	defer c.p.saver.touch(c.p)
	return told(http.StatusNoContent, nil, c.p.pushes.DeleteSubscription(id))
}

// updateHooks is POST …/batch/update: unknown ids are errors beside the results.
func updateHooks(c *call) (answer, error) {
	started := c.p.nowMS()
	if err := c.ofApp("write"); err != nil {
		return answer{}, err
	}
	var in struct {
		Inputs []hooks.Activation `json:"inputs"`
	}
	if err := decode(c.body, &in); err != nil {
		return answer{}, err
	}
	if len(in.Inputs) == 0 {
		return answer{}, notSet("inputs")
	}
	defer c.p.saver.touch(c.p)
	changed, missing := c.p.pushes.SetActiveBatch(in.Inputs)
	var problems []batchError
	if len(missing) > 0 {
		var ids []string
		for _, id := range missing {
			ids = append(ids, strconv.FormatInt(id, 10))
		}
		problems = append(problems, batchError{
			Status: "error", Category: "OBJECT_NOT_FOUND", Message: "Some subscriptions do not exist", Context: map[string][]string{"ids": ids},
		})
	}
	return finishLinks(c, http.StatusOK, changed, problems, started), nil
}
