package store

import (
	"context"
	"errors"

	"satchel/internal/crm"
)

// unfinished is the condition of the outbox's indexes; it must be written the
// same everywhere for SQLite to use them.
const unfinished = `state NOT IN ('acked', 'discarded')`

// op is an operation with what only the store knows of it.
type op struct {
	crm.Op
	// settled are fields that left it because HubSpot has them.
	settled []crm.Field
	// unchecked says that written values have not been compared with the history.
	unchecked bool
	// cause is the operation that cancelled this one out before it was sent.
	cause crm.OpID
}

// atHome says that HubSpot certainly has nothing of an unfinished operation.
func (o *op) atHome() bool {
	switch o.State {
	case crm.Queued, crm.RetryWait, crm.Parked, crm.InDispute:
		return !o.Unsure
	case crm.Sending, crm.Ambiguous, crm.Acked, crm.Discarded:
	}
	return false
}

func (o *op) field(name string) (int, bool) {
	for i, f := range o.Fields {
		if f.Name == name {
			return i, true
		}
	}
	return -1, false
}

const opColumns = `o.seq, o.id, o.kind, o.type, o.record, coalesce(r.remote_id, o.remote_id), o.fields, o.settled,
	o.to_type, o.to_record, coalesce(x.remote_id, o.to_remote), o.state, o.unsure, o.keyed, o.attempts, o.next_at, o.sent_at,
	o.made, o.finished, o.reason, o.existing, o.disputes, o.group_id, o.cause, o.answer, o.unchecked, o.overwrote`

const opTables = ` FROM op o LEFT JOIN record r ON r.local_id = o.record LEFT JOIN record x ON x.local_id = o.to_record `

// opsWhere reads operations; the condition names the table's columns as o.
func opsWhere(ctx context.Context, q querier, rest string, args ...any) ([]*op, error) {
	var out []*op
	var o op
	var fields, settled, disputes, overwrote string
	dest := []any{
		&o.Seq, &o.ID, &o.Kind, &o.Type, &o.Record, &o.RemoteID, &fields, &settled,
		&o.To, &o.ToRecord, &o.ToRemote, &o.State, &o.Unsure, &o.Keyed, &o.Attempts, &o.NextAt, &o.SentAt,
		&o.Made, &o.Finished, &o.Reason, &o.Existing, &disputes, &o.Group, &o.cause, &o.Answer, &o.unchecked, &overwrote,
	}
	err := each(ctx, q, func() error {
		c := o
		c.Fields, c.settled, c.Disputes, c.Overwrote = nil, nil, nil, nil
		if err := errors.Join(fromJSON(fields, &c.Fields), fromJSON(settled, &c.settled), fromJSON(disputes, &c.Disputes), fromJSON(overwrote, &c.Overwrote)); err != nil {
			return err
		}
		out = append(out, &c)
		return nil
	}, dest, `SELECT `+opColumns+opTables+rest, args...)
	return out, err
}

func opByID(ctx context.Context, q querier, id crm.OpID) (*op, error) {
	ops, err := opsWhere(ctx, q, `WHERE o.id = ?`, string(id))
	if err != nil {
		return nil, err
	}
	if len(ops) == 0 {
		return nil, notFound("There is no such change in the outbox any more.")
	}
	return ops[0], nil
}

// unfinishedOf are a record's own operations in order.
func unfinishedOf(ctx context.Context, q querier, id crm.LocalID) ([]*op, error) {
	return opsWhere(ctx, q, `WHERE o.record = ? AND o.`+unfinished+` ORDER BY o.seq`, string(id))
}

// told is an operation as the others see it: a receipt shows all that was sent,
// also what was acknowledged on the way.
func (o *op) told() crm.Op {
	c := o.Op
	if c.State.Done() {
		c.Fields = append(append([]crm.Field(nil), o.settled...), o.Fields...)
	}
	return c
}

func told(ops []*op) []crm.Op {
	out := make([]crm.Op, len(ops))
	for i, o := range ops {
		out[i] = o.told()
	}
	return out
}

func (t *tx) insertOp(ctx context.Context, o *op) error {
	if o.ID == "" {
		o.ID = crm.NewOpID()
	}
	if o.Made == 0 {
		o.Made = now()
	}
	if o.State == "" {
		o.State = crm.Queued
	}
	seqs, err := column[int64](ctx, t, `INSERT INTO op (id, kind, type, record, remote_id, fields, settled, to_type, to_record, to_remote,
		state, unsure, keyed, attempts, next_at, sent_at, made, finished, reason, existing, disputes, group_id, cause, answer)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING seq`,
		string(o.ID), string(o.Kind), string(o.Type), string(o.Record), string(o.RemoteID), list(o.Fields), list(o.settled),
		string(o.To), string(o.ToRecord), string(o.ToRemote), string(o.State), flag(o.Unsure), flag(o.Keyed), o.Attempts, int64(o.NextAt),
		int64(o.SentAt), int64(o.Made), int64(o.Finished), o.Reason, string(o.Existing), list(o.Disputes), string(o.Group),
		string(o.cause), o.Answer)
	if err != nil {
		return err
	}
	o.Seq = seqs[0]
	if t.pending != nil {
		t.pending[o.Record] = true
	}
	return nil
}

// saveOp writes everything of an operation that may change.
func (t *tx) saveOp(ctx context.Context, o *op) error {
	_, err := t.exec(ctx, `UPDATE op SET kind = ?, record = ?, remote_id = ?, fields = ?, settled = ?, to_record = ?, to_remote = ?,
		state = ?, unsure = ?, attempts = ?, next_at = ?, sent_at = ?, finished = ?, reason = ?, existing = ?, disputes = ?,
		cause = ?, answer = ?, unchecked = ? WHERE seq = ?`,
		string(o.Kind), string(o.Record), string(o.RemoteID), list(o.Fields), list(o.settled), string(o.ToRecord), string(o.ToRemote),
		string(o.State), flag(o.Unsure), o.Attempts, int64(o.NextAt), int64(o.SentAt), int64(o.Finished), o.Reason, string(o.Existing),
		list(o.Disputes), string(o.cause), o.Answer, flag(o.unchecked), o.Seq)
	if t.pending != nil {
		t.pending[o.Record] = true
	}
	return err
}

// discard finishes an operation that will not be sent.
func (t *tx) discard(ctx context.Context, o *op, at crm.Millis, reason string, cause crm.OpID) error {
	o.State, o.Finished, o.Reason, o.cause, o.NextAt = crm.Discarded, at, reason, cause, 0
	return t.saveOp(ctx, o)
}

// list encodes a slice; nil is an empty one.
func list[T any](v []T) string {
	if len(v) == 0 {
		return "[]"
	}
	return asJSON(v)
}

// opSummary is what a record's unfinished operations make of it.
type opSummary struct {
	overlay   crm.Values
	badge     crm.Badge
	archiving bool
}

func (t *tx) summarise(ctx context.Context, id crm.LocalID) (opSummary, error) {
	ops, err := unfinishedOf(ctx, t, id)
	return summary(ops), err
}

// summary folds unfinished operations, which are in order: the overlay is
// nothing else, ever.
func summary(ops []*op) opSummary {
	var s opSummary
	for _, o := range ops {
		if b := o.State.Badge(); loudness(b) > loudness(s.badge) {
			s.badge = b
		}
		switch o.Kind {
		case crm.OpCreate, crm.OpUpdate:
			s.overlay = o.Values().Over(s.overlay)
		case crm.OpArchive:
			s.archiving = true
		case crm.OpAssociate, crm.OpDetach:
		}
	}
	return s
}

func loudness(b crm.Badge) int {
	switch b {
	case crm.BadgeNone:
		return 0
	case crm.BadgeSaved:
		return 1
	case crm.BadgeSending:
		return 2
	case crm.BadgeNeedsYou:
		return 3
	case crm.BadgeConflict:
		return 4
	case crm.BadgeGone:
		return 5
	}
	return 0
}

// Unfinished returns all operations that are not done, in the order in which
// the rep acted, with the ids that HubSpot has given their records by now.
func (s *Store) Unfinished(ctx context.Context) ([]crm.Op, error) {
	return s.ops(ctx, "read outbox", `WHERE o.`+unfinished+` ORDER BY o.seq`)
}

// CountUnfinished says how many operations are not done.
func (s *Store) CountUnfinished(ctx context.Context) (int, error) {
	n := 0
	err := s.read(ctx, "count outbox", func(ctx context.Context, q querier) error {
		return one(ctx, q, []any{&n}, `SELECT count(*) FROM op WHERE `+unfinished)
	})
	return n, err
}

// UnfinishedOf returns a record's operations that are not done, in order.
func (s *Store) UnfinishedOf(ctx context.Context, id crm.LocalID) ([]crm.Op, error) {
	return s.ops(ctx, "read outbox", `WHERE o.record = ? AND o.`+unfinished+` ORDER BY o.seq`, string(id))
}

// Receipts returns the finished operations, the last finished first.
func (s *Store) Receipts(ctx context.Context, limit int) ([]crm.Op, error) {
	return s.ops(ctx, "read receipts", `WHERE o.state IN ('acked', 'discarded') ORDER BY o.finished DESC, o.seq DESC LIMIT ?`, limit)
}

// OpsOf returns the operations that an act of the rep made or added to, in
// order.
func (s *Store) OpsOf(ctx context.Context, group crm.OpID) ([]crm.Op, error) {
	return s.ops(ctx, "read act", opsOfGroup, string(group))
}

const opsOfGroup = `WHERE o.group_id = ?1 OR o.id IN (SELECT op FROM act WHERE group_id = ?1) ORDER BY o.seq`

func (s *Store) ops(ctx context.Context, what, rest string, args ...any) ([]crm.Op, error) {
	var out []crm.Op
	err := s.read(ctx, what, func(ctx context.Context, q querier) error {
		ops, err := opsWhere(ctx, q, rest, args...)
		out = told(ops)
		return err
	})
	return out, err
}

// Op returns one operation; NotFound when there is none.
func (s *Store) Op(ctx context.Context, id crm.OpID) (crm.Op, error) {
	var out crm.Op
	err := s.read(ctx, "read operation", func(ctx context.Context, q querier) error {
		o, err := opByID(ctx, q, id)
		if err == nil {
			out = o.told()
		}
		return err
	})
	return out, err
}

// Begin commits operations as being sent, before their first byte leaves, and
// returns those that may go: an operation that is not as it was read any more
// (edited, taken back or decided meanwhile) is left alone and out.
func (s *Store) Begin(ctx context.Context, ops []crm.Op, at crm.Millis) ([]crm.Op, error) {
	var begun []crm.Op
	err := s.write(ctx, "begin sending", func(ctx context.Context, t *tx) error {
		begun = nil
		var ids []crm.OpID
		for _, o := range ops {
			n, err := t.exec(ctx, `UPDATE op SET state = 'sending', next_at = 0, keyed = ?3, sent_at = CASE sent_at WHEN 0 THEN ?2 ELSE sent_at END
				WHERE id = ?1 AND state IN ('queued', 'retry_wait', 'ambiguous') AND kind = ?4 AND fields = ?5`,
				string(o.ID), int64(at), flag(o.Keyed), string(o.Kind), list(o.Fields))
			if err != nil {
				return err
			}
			if n > 0 {
				begun, ids = append(begun, o), append(ids, o.ID)
			}
		}
		return t.refreshOwners(ctx, ids)
	})
	return begun, err
}

// refreshOwners recomputes the records of operations.
func (t *tx) refreshOwners(ctx context.Context, ids []crm.OpID) error {
	rows, err := scanRows(ctx, t, `SELECT `+rowColumns+` FROM record r WHERE r.local_id IN
		(SELECT record FROM op WHERE id IN (SELECT value FROM json_each(?)))`, asJSON(ids))
	if err != nil {
		return err
	}
	for _, r := range rows {
		if _, err := t.refresh(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// Made returns those of HubSpot's ids that are known to be of records that a
// create of ours made.
func (s *Store) Made(ctx context.Context, t crm.ObjectType, ids []crm.RemoteID) ([]crm.RemoteID, error) {
	var out []crm.RemoteID
	err := s.read(ctx, "read creates", func(ctx context.Context, q querier) (err error) {
		out, err = column[crm.RemoteID](ctx, q, `SELECT remote_id FROM op WHERE state = 'acked' AND kind = 'create' AND type = ?
			AND remote_id IN (SELECT value FROM json_each(?))`, string(t), asJSON(ids))
		return err
	})
	return out, err
}
