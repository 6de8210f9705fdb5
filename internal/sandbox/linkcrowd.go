package sandbox

import "strconv"

// recordSample is a record that is near or at the limit of associations.
type recordSample struct {
	Label      string   `json:"label"`
	ID         int64    `json:"objectId"`
	Percentage *float64 `json:"percentage,omitempty"`
	Usage      *int     `json:"usage,omitempty"`
}

// crowd counts a type's records that are near and at the limit of associations
// with another type.
type crowd struct {
	At      []recordSample `json:"atLimitFromRecordSamples"`
	Limit   int            `json:"limit"`
	Near    []recordSample `json:"nearLimitFromRecordSamples"`
	AtSum   int            `json:"totalRecordsAtLimit"`
	NearSum int            `json:"totalRecordsNearLimit"`
}

// sampleMax is how many records an answer names.
const sampleMax = 10

// pairLimit is the limit of a pair: the account's own for the unlabeled type, or
// HubSpot's.
func (p *Portal) pairLimit(from, to *table) int {
	if kind, has := p.baseKind(from, to); has && p.linkTypes[kind].Max > 0 {
		return p.linkTypes[kind].Max
	}
	return associationMax
}

func (p *Portal) crowd(from, to *table) crowd {
	out := crowd{At: []recordSample{}, Near: []recordSample{}, Limit: p.pairLimit(from, to)}
	for r := range from.live.ascend(0, from.live.len()) {
		n := len(linksTo(r, to, 0))
		share := percentage(n, out.Limit)
		sample := recordSample{Label: strconv.FormatInt(r.cur.id, 10), ID: r.cur.id}
		switch {
		case n >= out.Limit:
			out.AtSum++
			if len(out.At) < sampleMax {
				out.At = append(out.At, sample)
			}
		case share >= nearPercent:
			out.NearSum++
			if len(out.Near) < sampleMax {
				sample.Percentage, sample.Usage = &share, &n
				out.Near = append(out.Near, sample)
			}
		}
	}
	return out
}

// associationLimits is GET …/associations/records/{from}/{to}.
func associationLimits(c *call) (any, error) {
	from, err := c.table("type")
	if err != nil {
		return nil, err
	}
	to, err := c.table("to")
	if err != nil {
		return nil, err
	}
	return c.p.crowd(from, to), nil
}

// crowdedType says whether a type has records near or at a limit.
type crowdedType struct {
	limitType
	At   bool `json:"hasRecordsAtLimit"`
	Near bool `json:"hasRecordsNearLimit"`
}

// associationLimitsFrom is GET …/associations/records/from: the types with
// records that are near or at the limit.
func associationLimitsFrom(c *call) (any, error) {
	return c.crowded(func(t *table) (crowds []crowd) {
		for _, to := range c.p.served() {
			crowds = append(crowds, c.p.crowd(t, to))
		}
		return crowds
	}), nil
}

// associationLimitsTo is GET …/associations/records/{from}/to: the types that
// such records are associated with.
func associationLimitsTo(c *call) (any, error) {
	from, err := c.table("type")
	if err != nil {
		return nil, err
	}
	return c.crowded(func(t *table) []crowd { return []crowd{c.p.crowd(from, t)} }), nil
}

func (c *call) crowded(of func(*table) []crowd) map[string][]crowdedType {
	out := []crowdedType{}
	for _, t := range c.p.served() {
		v := crowdedType{limitType: limitTypeOf(t.kind)}
		for _, one := range of(t) {
			v.At, v.Near = v.At || one.AtSum > 0, v.Near || one.NearSum > 0
		}
		if v.At || v.Near {
			out = append(out, v)
		}
	}
	return map[string][]crowdedType{"results": out}
}
