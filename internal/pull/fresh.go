package pull

import "satchel/internal/crm"

// freshness is when the copy was last known to be as HubSpot's, by our clock and
// since New. Engine.mu guards it.
type freshness struct {
	types   map[crm.ObjectType]crm.Millis
	records map[crm.ObjectType]map[crm.RemoteID]crm.Millis
}

// Fresh is when a record was last known to be as it is in HubSpot: when it was
// read by its id, or its type's changes were asked for. 0 when that was not since
// the start.
func (e *Engine) Fresh(t crm.ObjectType, id crm.RemoteID) crm.Millis {
	e.mu.Lock()
	defer e.mu.Unlock()
	return max(e.fresh.types[t], e.fresh.records[t][id])
}

// asked notes that a type's changes are here.
func (e *Engine) asked(t crm.ObjectType) {
	now := crm.At(e.clock())
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.fresh.types == nil {
		e.fresh.types = map[crm.ObjectType]crm.Millis{}
	}
	e.fresh.types[t] = now
	delete(e.fresh.records, t) // they are older
}

// read notes that records were read by their ids. It keeps a screenful.
func (e *Engine) read(t crm.ObjectType, ids []crm.RemoteID) {
	now := crm.At(e.clock())
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.fresh.records == nil {
		e.fresh.records = map[crm.ObjectType]map[crm.RemoteID]crm.Millis{}
	}
	known := e.fresh.records[t]
	if known == nil || len(known)+len(ids) > 1_000 {
		known = map[crm.RemoteID]crm.Millis{}
		e.fresh.records[t] = known
	}
	for _, id := range ids[:min(len(ids), 1_000)] {
		known[id] = now
	}
}
