package journal

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// SnapshotRequest asks for a record's values: HubSpot's
// CrmObjectSnapshotRequest.
type SnapshotRequest struct {
	PortalID     int64    `json:"portalId"`
	ObjectTypeID string   `json:"objectTypeId"`
	ObjectID     int64    `json:"objectId"`
	Properties   []string `json:"properties"`
}

// SnapshotResponse is what a request got: HubSpot's CrmObjectSnapshotResponse.
type SnapshotResponse struct {
	PortalID     int64  `json:"portalId"`
	ObjectTypeID string `json:"objectTypeId"`
	ObjectID     int64  `json:"objectId"`
	StatusID     string `json:"snapshotStatusId"`
}

// Status is how far a snapshot is.
type Status string

// The states of a snapshot; fact sheet 7.3.
const (
	Pending    Status = "PENDING"
	InProgress Status = "IN_PROGRESS"
	Success    Status = "SUCCESS"
	Failed     Status = "FAILED"
	Expired    Status = "EXPIRED"
)

// SnapshotStatus is HubSpot's SnapshotStatusResponse. Its times are in
// milliseconds, which here are numbers in JSON.
type SnapshotStatus struct {
	ID          string `json:"id"`
	Status      Status `json:"status"`
	InitiatedAt int64  `json:"initiatedAt"`
	CompletedAt int64  `json:"completedAt,omitempty"`
	ErrorCode   string `json:"errorCode,omitempty"`
	Message     string `json:"message,omitempty"`
}

// snapshot is one request with its state.
type snapshot struct {
	Request SnapshotRequest `json:"request"`
	Status  SnapshotStatus  `json:"status"` // Pending until it is settled
	Number  int64           `json:"number"`

	taken bool // somebody is settling it
}

// mostSnapshots is how many snapshots are kept; beyond it the oldest are
// forgotten.
const mostSnapshots = 50_000

// snapshotTime is how long a snapshot takes.
const snapshotTime = 2 * time.Second

func (s *snapshot) due() int64 { return s.Status.InitiatedAt + snapshotTime.Milliseconds() }

// RequestSnapshots asks for snapshots. All requests are checked first: a bad
// one refuses all with 400, another portal with 403.
func (j *Journal) RequestSnapshots(requests []SnapshotRequest) ([]SnapshotResponse, error) {
	if len(requests) == 0 {
		return nil, invalid("snapshotRequests must not be empty")
	}
	for _, r := range requests {
		if err := j.checkPortal(r.PortalID); err != nil {
			return nil, err
		}
		if err := checkTypes([]string{r.ObjectTypeID}); err != nil {
			return nil, err
		}
		if r.ObjectID <= 0 || len(r.Properties) == 0 {
			return nil, invalid("A snapshot request needs an objectId and properties")
		}
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	out := []SnapshotResponse{}
	for _, r := range requests {
		j.lastSnapshot++
		id := j.uuid("snapshot", j.lastSnapshot)
		r.Properties = slices.Clone(r.Properties)
		j.snapshots[id] = &snapshot{Request: r, Number: j.lastSnapshot, Status: SnapshotStatus{ID: id, Status: Pending, InitiatedAt: j.now().UnixMilli()}}
		delete(j.snapshots, j.uuid("snapshot", j.lastSnapshot-mostSnapshots))
		out = append(out, SnapshotResponse{r.PortalID, r.ObjectTypeID, r.ObjectID, id})
	}
	return out, nil
}

// SnapshotStatus says how far a snapshot is, or refuses an unknown id with 404.
func (j *Journal) SnapshotStatus(id string) (SnapshotStatus, error) {
	j.settle()
	j.mu.Lock()
	defer j.mu.Unlock()
	s := j.snapshots[id]
	if s == nil {
		return SnapshotStatus{}, notFound("No snapshot with id %q", id)
	}
	st := s.Status
	if st.Status == Pending && j.now().UnixMilli()-st.InitiatedAt >= snapshotTime.Milliseconds()/2 {
		st.Status = InProgress
	}
	return st, nil
}

// settle completes the snapshots that are due, in the order of their requests,
// and lets old ones expire. Values are read as they are now, without the lock.
func (j *Journal) settle() {
	due := j.takeSnapshots()
	for _, s := range due {
		var values map[string]string
		found := false
		if j.opt.Values != nil {
			values, found = j.opt.Values(s.Request.ObjectTypeID, s.Request.ObjectID, slices.Clone(s.Request.Properties))
		}
		j.completeSnapshot(s, values, found)
	}
}

// takeSnapshots claims what is due.
func (j *Journal) takeSnapshots() []*snapshot {
	j.mu.Lock()
	defer j.mu.Unlock()
	now := j.now().UnixMilli()
	var due []*snapshot
	for id, s := range j.snapshots {
		age := now - s.due()
		switch {
		case age >= 2*Retention.Milliseconds():
			delete(j.snapshots, id)
		case age >= Retention.Milliseconds() && !s.taken:
			s.Status.Status = Expired
		case age >= 0 && s.Status.Status == Pending && !s.taken:
			s.taken = true
			due = append(due, s)
		}
	}
	slices.SortFunc(due, func(a, b *snapshot) int { return cmp.Compare(a.Number, b.Number) })
	return due
}

// completeSnapshot notes a snapshot's end and journals its values.
func (j *Journal) completeSnapshot(s *snapshot, values map[string]string, found bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	s.taken = false
	s.Status.CompletedAt = s.due()
	if !found {
		s.Status.Status, s.Status.ErrorCode = Failed, "VALIDATION_ERROR"
		s.Status.Message = "The record does not exist"
		return
	}
	s.Status.Status = Success
	values = maps.Clone(values)
	maps.DeleteFunc(values, func(name, _ string) bool { return !slices.Contains(s.Request.Properties, name) })
	j.turn(false)
	j.add(j.render(&Event{
		Action: Snapshot, OccurredAt: time.UnixMilli(s.due()),
		ObjectTypeID: s.Request.ObjectTypeID, ObjectID: s.Request.ObjectID, Changes: values,
	}, func(string) bool { return true }))
}
