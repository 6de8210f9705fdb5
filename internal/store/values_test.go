package store

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"satchel/internal/crm"
)

// Values that are cut out of the text are those that a JSON decoder reads, and
// what is no object of strings is left to it.
func TestValues_AreWhatADecoderReads(t *testing.T) {
	for _, text := range []string{`{}`, `{"a":1}`, `{"a":"b"`, `{"a":"b",}`, `{"a":"b"}x`, `{"a" :"b"}`, `{"a":null}`, `{"a":{"b":"c"}}`, `{"a\u0041":"b"}`, `["a"]`, `{"a":"b","a":"c"}`, ``, `{"":""}`, `{"a":"":"b"}`, "{\"a\":\"\xff\"}"} {
		var want crm.Values
		wrong := json.Unmarshal([]byte(text), &want)
		got, err := valuesOf(text)
		require.Equal(t, wrong == nil, err == nil, "%q", text)
		if wrong == nil {
			require.Equal(t, want, got, "%q", text)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		want := crm.Values(rapid.MapOf(rapid.String(), rapid.String()).Draw(t, "values"))
		got, err := valuesOf(asJSON(want))
		require.NoError(t, err)
		var read crm.Values
		require.NoError(t, json.Unmarshal([]byte(asJSON(want)), &read))
		require.Equal(t, read, got)
	})
}
