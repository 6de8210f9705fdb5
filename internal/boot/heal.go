package boot

import (
	"context"

	"satchel/internal/crm"
)

// Healed is a sentence about a damaged database that was replaced at a start, ""
// when none was or somebody has called HealedSeen. HealedSeen's caller has shown
// it to the rep.
func (n *Node) Healed(ctx context.Context) (string, error) {
	h, ok, err := n.store.Healed(ctx)
	if err != nil || !ok {
		return "", err
	}
	return h.Sentence(), nil
}

// HealedSeen says that the rep has read what Healed says.
func (n *Node) HealedSeen(ctx context.Context) error { return n.store.HealedSeen(ctx) }

// Forget erases a record, by its id here or in HubSpot, and everything that is
// kept about it; see store.Forget.
func (n *Node) Forget(ctx context.Context, typ, id string) error {
	specs, err := n.store.Types(ctx)
	if err != nil {
		return err
	}
	spec, ok := crm.FindSpec(specs, typ)
	if !ok {
		return &crm.Error{Kind: crm.Invalid, Op: "forget", Msg: "There is no record type " + typ + "."}
	}
	if err := n.store.Forget(ctx, spec.Type, id); err != nil {
		return err
	}
	n.bus.Publish(crm.ListTopic(spec.Type), crm.TopicOutbox, crm.RecordTopic(crm.LocalID(id)))
	return nil
}
