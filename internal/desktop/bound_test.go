package desktop

import (
	"flag"
	"os"
	"reflect"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// What the page may call is reviewed: the list is a golden file, a facade has at
// most twelve methods, and every method answers (T, error) or error and takes
// nothing but plain values.
func TestR31_BoundMethodsAreTheReviewedOnes(t *testing.T) {
	var lines []string
	for _, facade := range []any{&Account{}, &Records{}, &Looks{}, &Activities{}, &Board{}, &Outbox{}, &Sync{}, &Data{}, &Profiles{}, &Types{}, &News{}, &App{}} {
		typ := reflect.TypeOf(facade)
		require.LessOrEqual(t, typ.NumMethod(), 12, typ)
		for m := range typ.Methods() {
			require.NotContains(t, m.Type.String(), "context.", "%s.%s: the bindings cannot carry a context", typ, m.Name)
			n := m.Type.NumOut()
			require.True(t, n == 1 || n == 2, "%s.%s", typ, m.Name)
			require.Equal(t, reflect.TypeFor[error](), m.Type.Out(n-1), "%s.%s", typ, m.Name)
			shape := strings.Replace(m.Type.String(), typ.String()+", ", "", 1)
			shape = strings.Replace(shape, typ.String(), "", 1)
			lines = append(lines, typ.Elem().Name()+"."+m.Name+strings.TrimPrefix(shape, "func"))
		}
	}
	sort.Strings(lines)
	got := strings.Join(lines, "\n") + "\n"
	const golden = "testdata/bound.txt"
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), got, "review the change and run with -update")
}
