package sandbox

import (
	"net/http"
	"slices"
)

// propertyNames is the body of a batch read and a batch archive.
type propertyNames struct {
	Archived    bool   `json:"archived"`
	Sensitivity string `json:"dataSensitivity"`
	Inputs      []struct {
		Name string `json:"name"`
	} `json:"inputs"`
}

// checkBatch refuses a batch without inputs and one with too many.
func checkBatch(missing bool, n int) error {
	if missing {
		return notSet("inputs")
	}
	if n > batchMax {
		return invalid("The maximum number of inputs supported in a batch request is %d", batchMax)
	}
	return nil
}

func (c *call) propertyNames() (propertyNames, error) {
	var in propertyNames
	if err := decode(c.body, &in); err != nil {
		return in, err
	}
	return in, checkBatch(in.Inputs == nil, len(in.Inputs))
}

// propertyError is the failure of one property of a batch.
func propertyError(name string, err error) batchError {
	e := itemError(err, "")
	e.Context["name"] = []string{name}
	return e
}

// batchReadProperties is POST …/batch/read. Each property that is not there is
// an error of its own.
func batchReadProperties(c *call) (answer, error) {
	started := c.p.nowMS()
	t, err := c.schema()
	if err != nil {
		return answer{}, err
	}
	in, err := c.propertyNames()
	if err != nil {
		return answer{}, err
	}
	level, err := sensitivity(in.Sensitivity)
	if err != nil {
		return answer{}, err
	}
	c.p.mu.RLock()
	defer c.p.mu.RUnlock()
	var found []propertyJSON
	var problems []batchError
	for _, item := range in.Inputs {
		def, err := t.readable(item.Name, in.Archived, level)
		if err != nil {
			problems = append(problems, propertyError(item.Name, err))
			continue
		}
		found = append(found, def.view())
	}
	return finishLinks(c, http.StatusOK, found, problems, started), nil
}

// madeCode is the status of a batch that makes parts of a schema: 200 in
// 2026-09, 201 before, as HubSpot's files say.
func (c *call) madeCode() int {
	if c.version == "2026-09" {
		return http.StatusOK
	}
	return http.StatusCreated
}

// batchCreateProperties is POST …/batch/create, with the rules of a single
// create for each.
func batchCreateProperties(c *call) (answer, error) {
	started := c.p.nowMS()
	t, err := c.table("type")
	if err != nil {
		return answer{}, err
	}
	scopes := t.kind.schemaScopes("write")
	if err := c.need(scopes...); err != nil {
		return answer{}, err
	}
	var in struct {
		Inputs []propertyBody `json:"inputs"`
	}
	if err := decode(c.body, &in); err != nil {
		return answer{}, err
	}
	if err := checkBatch(in.Inputs == nil, len(in.Inputs)); err != nil {
		return answer{}, err
	}
	if c.p.refusesUnique() && slices.ContainsFunc(in.Inputs, propertyBody.unique) {
		return answer{}, (&call{who: &caller{}}).need(scopes...)
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	var made []propertyJSON
	var problems []batchError
	for _, item := range in.Inputs {
		def, err := c.p.define(t, item, c.who.userID)
		if err != nil {
			problems = append(problems, propertyError(item.Name, err))
			continue
		}
		made = append(made, def.view())
	}
	return finishLinks(c, c.madeCode(), made, problems, started), nil
}

// batchArchiveProperties is POST …/batch/archive: 204 whatever the state of the
// properties was. One that may not go refuses the whole batch.
func batchArchiveProperties(c *call) (answer, error) {
	t, err := c.table("type")
	if err != nil {
		return answer{}, err
	}
	if err := c.need(t.kind.schemaScopes("write")...); err != nil {
		return answer{}, err
	}
	in, err := c.propertyNames()
	if err != nil {
		return answer{}, err
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	var going []*property
	for _, item := range in.Inputs {
		def, err := t.definition(item.Name, false)
		if err != nil {
			continue
		}
		if err := t.mayArchive(def); err != nil {
			return answer{}, err
		}
		going = append(going, def)
	}
	for _, def := range going {
		def.Archived = c.p.nowMS()
	}
	c.p.saver.touch(c.p)
	return noContent(), nil
}
