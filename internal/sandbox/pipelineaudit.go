package sandbox

import (
	"encoding/json"
	"slices"
)

// auditEntry is one change of a pipeline or a stage.
type auditEntry struct {
	Action string // CREATE, UPDATE, DELETE, RESTORE
	At     int64
	User   int64
	Raw    string // what it looked like afterwards, as JSON
}

// auditJSON is an entry as HubSpot's files declare it (PublicAuditInfo).
type auditJSON struct {
	PortalID   int64           `json:"portalId"`
	Identifier string          `json:"identifier"`
	Action     string          `json:"action"`
	Timestamp  string          `json:"timestamp"`
	Message    string          `json:"message"`
	Raw        json.RawMessage `json:"rawObject"`
	UserID     int64           `json:"fromUserId,omitempty"`
}

func (c *call) entry(action string, shown any) auditEntry {
	return auditEntry{action, c.p.nowMS(), c.who.userID, string(encodeJSON(shown))}
}

func (c *call) noteLine(pl *pipeline, action string) {
	pl.Audit = append(pl.Audit, c.entry(action, pl.view()))
}

func (c *call) noteStage(s *stage, action string) {
	s.Audit = append(s.Audit, c.entry(action, s.view()))
}

// audited answers with the changes, the newest first. What every account starts
// with has none.
func (c *call) audited(what, id string, list []auditEntry) answer {
	words := map[string]string{"CREATE": "created", "UPDATE": "updated", "DELETE": "deleted", "RESTORE": "restored"}
	out := []auditJSON{}
	for _, e := range slices.Backward(list) {
		out = append(out, auditJSON{
			PortalID: c.p.portalID, Identifier: id, Action: e.Action, Timestamp: stamp(e.At),
			Message: what + " " + words[e.Action], Raw: json.RawMessage(e.Raw), UserID: e.User,
		})
	}
	return ok(map[string][]auditJSON{"results": out})
}

// auditPipeline is GET …/{pipeline}/audit, also of an archived one.
func auditPipeline(c *call) (answer, error) {
	c.p.mu.RLock()
	defer c.p.mu.RUnlock()
	t, _, err := c.pipelinesOf()
	if err != nil {
		return answer{}, err
	}
	pl := c.line(t)
	if pl == nil {
		return answer{}, noPipeline(c.r.PathValue("pipeline"))
	}
	return c.audited("Pipeline", pl.ID, pl.Audit), nil
}

// auditStage is GET …/{pipeline}/stages/{stage}/audit, also of an archived one.
func auditStage(c *call) (answer, error) {
	c.p.mu.RLock()
	defer c.p.mu.RUnlock()
	t, _, err := c.pipelinesOf()
	if err != nil {
		return answer{}, err
	}
	_, s, err := c.step(t)
	if err != nil {
		return answer{}, err
	}
	return c.audited("Stage", s.ID, s.Audit), nil
}
