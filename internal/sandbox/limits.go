package sandbox

// The limits of an account, as HubSpot's limitsTracking file counts against
// them. The file has no numbers; these are what an Enterprise account has as far
// as is known, and a near limit is 80 percent of one.
const (
	recordMax      = 15_000_000 // records of one of HubSpot's types
	customMax      = 1_500_000  // records of all the account's types together
	lineMax        = 100        // pipelines of a type
	calculatedMax  = 200
	labelMax       = 10 // fact sheet 5.3
	associationMax = 50_000
	nearPercent    = 80
)

// limitRoutes mounts the operations of HubSpot's limitsTracking file.
func limitRoutes(on mount) {
	at := func(op operation, rest string) {
		on(op, "GET", "/crm/limits/{v}"+rest, "/crm/v3/limits"+rest)
	}
	at(counted(labelLimits), "/associations/labels")
	at(counted(associationLimitsFrom), "/associations/records/from")
	at(counted(associationLimitsTo), "/associations/records/{type}/to")
	at(counted(associationLimits), "/associations/records/{type}/{to}")
	at(counted(calculatedLimits), "/calculated-properties")
	at(counted(customTypeLimits), "/custom-object-types")
	at(counted(customPropertyLimits), "/custom-properties")
	at(counted(pipelineLimits), "/pipelines")
	at(counted(recordLimits), "/records")
}

// limitType is how limits name a type.
type limitType struct {
	ID       string `json:"objectTypeId"`
	Singular string `json:"singularLabel"`
	Plural   string `json:"pluralLabel"`
}

func limitTypeOf(k *objectType) limitType {
	labels := k.typeView().Labels
	return limitType{k.id, labels.Singular, labels.Plural}
}

// typeUsage is how much of something a type has.
type typeUsage struct {
	limitType
	Usage int `json:"usage"`
}

// typeLimit is a type's usage with its own limit.
type typeLimit struct {
	typeUsage
	Limit      int     `json:"limit"`
	Percentage float64 `json:"percentage"`
}

func percentage(usage, limit int) float64 { return float64(usage) * 100 / float64(limit) }

func typeLimitOf(t *table, usage, limit int) typeLimit {
	return typeLimit{typeUsage{limitTypeOf(t.kind), usage}, limit, percentage(usage, limit)}
}

// overall is the usage of a whole account, by type.
type overall[T any] struct {
	ByType     []T     `json:"byObjectType"`
	Limit      int     `json:"overallLimit"`
	Percentage float64 `json:"overallPercentage"`
	Usage      int     `json:"overallUsage"`
}

func newOverall[T any](list []T, usage, limit int) overall[T] {
	if list == nil {
		list = []T{}
	}
	return overall[T]{list, limit, percentage(usage, limit), usage}
}

// served are the types that are not archived.
func (p *Portal) served() []*table {
	var out []*table
	for _, t := range p.tables {
		if t.kind.custom == nil || t.kind.custom.Archived == 0 {
			out = append(out, t)
		}
	}
	return out
}

// counted makes an operation of what is counted under the read lock, for a
// caller that may read anything.
func counted(count func(c *call) (any, error)) operation {
	return func(c *call) (answer, error) {
		c.p.mu.RLock()
		defer c.p.mu.RUnlock()
		if err := c.need(c.p.anyReadScope()...); err != nil {
			return answer{}, err
		}
		out, err := count(c)
		if err != nil {
			return answer{}, err
		}
		return ok(out), nil
	}
}

// split counts something of HubSpot's types and of the account's.
type split struct {
	HubSpot []typeLimit        `json:"hubspotDefinedObjectTypes"`
	Custom  overall[typeUsage] `json:"customObjectTypes"`
}

// split counts by type; types that are left out have no such thing.
func (c *call) split(count func(*table) (int, bool), each, together int) split {
	out := split{HubSpot: []typeLimit{}}
	var own []typeUsage
	sum := 0
	for _, t := range c.p.served() {
		n, has := count(t)
		switch {
		case !has:
		case t.kind.custom == nil:
			out.HubSpot = append(out.HubSpot, typeLimitOf(t, n, each))
		default:
			own = append(own, typeUsage{limitTypeOf(t.kind), n})
			sum += n
		}
	}
	out.Custom = newOverall(own, sum, together)
	return out
}

// recordLimits is GET …/records: live records by type.
func recordLimits(c *call) (any, error) {
	return c.split(func(t *table) (int, bool) { return t.live.len(), true }, recordMax, customMax), nil
}

// pipelineLimits is GET …/pipelines.
func pipelineLimits(c *call) (any, error) {
	return c.split(func(t *table) (int, bool) { return len(c.p.lines(t.kind.plural)), t.kind.piped() }, lineMax, lineMax), nil
}

// customTypeLimits is GET …/custom-object-types.
func customTypeLimits(c *call) (any, error) {
	n := len(c.p.customTables())
	return struct {
		Limit      int     `json:"limit"`
		Percentage float64 `json:"percentage"`
		Usage      int     `json:"usage"`
	}{customTypeMax, percentage(n, customTypeMax), n}, nil
}

// customPropertyLimits is GET …/custom-properties: the account's own properties.
func customPropertyLimits(c *call) (any, error) {
	var list []typeLimit
	sum := 0
	for _, t := range c.p.served() {
		n := t.customCount()
		list = append(list, typeLimitOf(t, n, customPropertyMax))
		sum += n
	}
	return newOverall(list, sum, customPropertyMax*len(list)), nil
}

// calculatedLimits is GET …/calculated-properties: those that the account made.
func calculatedLimits(c *call) (any, error) {
	var list []typeUsage
	sum := 0
	for _, t := range c.p.served() {
		n := 0
		for _, def := range t.props {
			if def.Calculated && !def.HubSpotDefined && def.Archived == 0 {
				n++
			}
		}
		list = append(list, typeUsage{limitTypeOf(t.kind), n})
		sum += n
	}
	return newOverall(list, sum, calculatedMax), nil
}

// labelLimit is how many labels a pair of types has.
type labelLimit struct {
	From       limitType `json:"fromObjectType"`
	To         limitType `json:"toObjectType"`
	Labels     []string  `json:"allLabels"`
	Limit      int       `json:"limit"`
	Percentage float64   `json:"percentage"`
	Usage      int       `json:"usage"`
}

// labelLimits is GET …/associations/labels: the pairs that have labels of the
// account, of all types or of those that the call names.
func labelLimits(c *call) (any, error) {
	ends := map[string]*table{}
	for _, param := range []string{"fromObjectTypeId", "toObjectTypeId"} {
		if name := c.r.URL.Query().Get(param); name != "" {
			t, err := c.p.kindOf(name)
			if err != nil {
				return nil, err
			}
			ends[param] = t
		}
	}
	wanted := func(param string, t *table) bool { return ends[param] == nil || ends[param] == t }
	out := []labelLimit{}
	for _, from := range c.p.served() {
		for _, to := range c.p.served() {
			if !wanted("fromObjectTypeId", from) || !wanted("toObjectTypeId", to) {
				continue
			}
			if labels := c.p.ownLabels(from, to); len(labels) > 0 {
				out = append(out, labelLimit{limitTypeOf(from.kind), limitTypeOf(to.kind), labels, labelMax, percentage(len(labels), labelMax), len(labels)})
			}
		}
	}
	return map[string][]labelLimit{"results": out}, nil
}

func (p *Portal) ownLabels(from, to *table) []string {
	var labels []string
	for _, lt := range p.linkTypes {
		if lt.Category == userDefined && lt.Label != "" && lt.From == from.kind.id && lt.To == to.kind.id {
			labels = append(labels, lt.Label)
		}
	}
	return labels
}
