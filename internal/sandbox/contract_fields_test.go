package sandbox

import (
	"path"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"
)

// The files do not close their objects, so to the validator every additional
// field is right. Here a field that a schema does not declare is a finding, as
// long as the schema declares any and does not say that it is a map.

// undeclared lists the pointers of a value's fields that no schema knows.
func undeclared(ref *openapi3.SchemaRef, value any, at []string) [][]string {
	var out [][]string
	switch v := value.(type) {
	case []any:
		items := element(ref)
		for i, item := range v {
			if items != nil {
				out = append(out, undeclared(items, item, with(at, strconv.Itoa(i)))...)
			}
		}
	case map[string]any:
		if !closed(ref) {
			return nil
		}
		for name, field := range v {
			known, more := member(ref, name)
			switch {
			case known != nil:
				out = append(out, undeclared(known, field, with(at, name))...)
			case !more:
				out = append(out, with(at, name))
			}
		}
	}
	return out
}

func with(at []string, step string) []string { return append(append([]string(nil), at...), step) }

// parts are a schema and those that it is made of.
func parts(ref *openapi3.SchemaRef) []*openapi3.SchemaRef {
	out := []*openapi3.SchemaRef{ref}
	for _, list := range []openapi3.SchemaRefs{ref.Value.AllOf, ref.Value.OneOf, ref.Value.AnyOf} {
		for _, more := range list {
			out = append(out, parts(more)...)
		}
	}
	return out
}

// closed reports whether a schema says what fields its objects have.
func closed(ref *openapi3.SchemaRef) bool {
	for _, part := range parts(ref) {
		if extra := part.Value.AdditionalProperties; len(part.Value.Properties) > 0 || extra.Schema != nil {
			return true
		}
	}
	return false
}

// member returns the schema of a field; more is true where any field is right.
func member(ref *openapi3.SchemaRef, name string) (known *openapi3.SchemaRef, more bool) {
	for _, part := range parts(ref) {
		if field := part.Value.Properties[name]; field != nil {
			return field, false
		}
		extra := part.Value.AdditionalProperties
		if extra.Schema != nil {
			return extra.Schema, true
		}
		more = more || extra.Has != nil && *extra.Has
	}
	return nil, more
}

func element(ref *openapi3.SchemaRef) *openapi3.SchemaRef {
	for _, part := range parts(ref) {
		if part.Value.Items != nil {
			return part.Value.Items
		}
	}
	return nil
}

// place names what a pointer points to by the schema that declares it: "Error.category",
// "PipelineStage.metadata.*". An unnamed schema is called after its operation.
func place(root *openapi3.SchemaRef, unnamed string, pointer []string) string {
	name, cur := unnamed, root
	if root.Ref != "" {
		name = path.Base(root.Ref)
	}
	for i, step := range pointer {
		if cur == nil {
			return name + "." + step
		}
		if items := element(cur); items != nil {
			name, cur = name+"[]", items
		} else {
			field, isMap := member(cur, step)
			if isMap {
				step = "*"
			}
			name, cur = name+"."+step, field
		}
		if cur != nil && cur.Ref != "" && i < len(pointer)-1 {
			name = path.Base(cur.Ref)
		}
	}
	return name
}
