package boot_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/boot"
	"satchel/internal/web"
	"satchel/internal/wire"
)

// page calls the methods of a node as the page does, through the server's
// dispatcher.
type page struct {
	node *boot.Node
	log  string // the file
	base string
	http *http.Client
}

func newPage(tb testing.TB) *page {
	tb.Helper()
	dir := tb.TempDir()
	n := open(tb, dir, portal(tb, 1), "")
	s := web.New(web.Options{
		Facades: n.Facades(), Changes: n.Changes, Log: n.Logger(), Assets: fstest.MapFS{"index.html": {Data: []byte("x")}},
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(tb, err)
	ctx, stop := context.WithCancel(tb.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	tb.Cleanup(func() { stop(); require.NoError(tb, <-done) })
	jar, err := cookiejar.New(nil)
	require.NoError(tb, err)
	p := &page{n, filepath.Join(dir, "logs", "satchel.log"), "http://" + l.Addr().String(), &http.Client{Jar: jar, Timeout: time.Minute}}
	p.get(tb, s.URL(l.Addr()))
	return p
}

func (p *page) get(tb testing.TB, url string) {
	tb.Helper()
	req, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, url, nil)
	require.NoError(tb, err)
	res, err := p.http.Do(req)
	require.NoError(tb, err)
	require.NoError(tb, res.Body.Close())
	require.Equal(tb, http.StatusOK, res.StatusCode)
}

// call says how a call was answered; an answer is always JSON.
func (p *page) call(tb testing.TB, method string, body []byte) (int, wire.Error) {
	tb.Helper()
	req, err := http.NewRequestWithContext(tb.Context(), http.MethodPost, p.base+"/rpc/"+method, bytes.NewReader(body))
	require.NoError(tb, err)
	res, err := p.http.Do(req)
	require.NoError(tb, err)
	answer, err := io.ReadAll(res.Body)
	require.NoError(tb, err)
	require.NoError(tb, res.Body.Close())
	require.True(tb, json.Valid(answer), "%s: %s", method, answer)
	var e wire.Error
	if res.StatusCode != http.StatusOK {
		require.NoError(tb, json.Unmarshal(answer, &e), "%s: %s", method, answer)
	}
	return res.StatusCode, e
}

// argument is a method and one way to fill its arguments.
type argument struct {
	method string
	leaf   string // the one text in them
	args   []reflect.Value
	set    func(string)
}

// texts finds every text that a method of the facades takes.
func texts(facades []any) []argument {
	var out []argument
	for _, f := range facades {
		v := reflect.ValueOf(f)
		for i := range v.NumMethod() {
			method := v.Elem().Type().Name() + "." + v.Type().Method(i).Name
			t := v.Method(i).Type()
			fresh := func() (args []reflect.Value) {
				for in := range t.Ins() {
					args = append(args, reflect.New(in).Elem())
				}
				return args
			}
			for k := range t.NumIn() {
				for _, path := range paths(t.In(k)) {
					args := fresh()
					out = append(out, argument{method, strings.Join(path, "."), args, func(s string) { fill(args[k], path, s) }})
				}
			}
		}
	}
	return out
}

// paths are the ways to the texts in a type.
func paths(t reflect.Type) [][]string {
	var out [][]string
	under := func(step string, t reflect.Type) {
		for _, p := range paths(t) {
			out = append(out, append([]string{step}, p...))
		}
	}
	switch t.Kind() { //nolint:exhaustive // the others hold no text
	case reflect.String:
		return [][]string{{}}
	case reflect.Struct:
		for f := range t.Fields() {
			under(f.Name, f.Type)
		}
	case reflect.Slice:
		under("[]", t.Elem())
	case reflect.Map:
		out = append(out, []string{"key"})
		under("value", t.Elem())
	}
	return out
}

func fill(v reflect.Value, path []string, s string) {
	switch {
	case len(path) == 0:
		v.SetString(s)
	case path[0] == "[]":
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), path[1:], s)
	case path[0] == "key":
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf(s), reflect.Zero(v.Type().Elem()))
	case path[0] == "value":
		v.Set(reflect.MakeMap(v.Type()))
		e := reflect.New(v.Type().Elem()).Elem()
		fill(e, path[1:], s)
		v.SetMapIndex(reflect.ValueOf("name"), e)
	default:
		fill(v.FieldByName(path[0]), path[1:], s)
	}
}

func body(tb testing.TB, args []reflect.Value) []byte {
	tb.Helper()
	list := make([]any, len(args))
	for i, a := range args {
		list[i] = a.Interface()
	}
	b, err := json.Marshal(list)
	require.NoError(tb, err)
	return b
}

func TestR31_EveryTextHasALimit(t *testing.T) {
	p := newPage(t)
	all := texts(p.node.Facades())
	require.Greater(t, len(all), 60)
	for _, a := range all {
		a.set(strings.Repeat("x", 300_000))
		code, e := p.call(t, a.method, body(t, a.args))
		require.Equal(t, http.StatusBadRequest, code, "%s %s", a.method, a.leaf)
		require.Contains(t, e.Message, "too long", "%s %s", a.method, a.leaf)
		require.Contains(t, e.Message, "Nothing was changed.", "%s %s", a.method, a.leaf)
	}
}

func TestR31_EveryListAndMapHasALimit(t *testing.T) {
	p := newPage(t)
	n := 0
	for _, f := range p.node.Facades() {
		v := reflect.ValueOf(f)
		for i := range v.NumMethod() {
			for k := range v.Method(i).Type().NumIn() {
				in := v.Method(i).Type().In(k)
				for j := 0; in.Kind() == reflect.Struct && j < in.NumField(); j++ {
					args := make([]reflect.Value, v.Method(i).Type().NumIn())
					for x := range args {
						args[x] = reflect.New(v.Method(i).Type().In(x)).Elem()
					}
					field := args[k].Field(j)
					switch field.Kind() { //nolint:exhaustive // the others have no limit
					case reflect.Slice:
						field.Set(reflect.MakeSlice(field.Type(), 101, 101))
					case reflect.Map:
						field.Set(reflect.MakeMap(field.Type()))
						for range 501 {
							field.SetMapIndex(reflect.ValueOf(strings.Repeat("p", 1+field.Len()%200)+string(rune('a'+field.Len()/200))), reflect.Zero(field.Type().Elem()))
						}
					default:
						continue
					}
					n++
					method := v.Elem().Type().Name() + "." + v.Type().Method(i).Name
					code, e := p.call(t, method, body(t, args))
					require.Equal(t, http.StatusBadRequest, code, "%s %s", method, in.Field(j).Name)
					require.Contains(t, e.Message, "at once", "%s %s", method, in.Field(j).Name)
				}
			}
		}
	}
	require.Greater(t, n, 8)
}

// A name is one line, whoever it is that asks.
func TestR31_NamesHaveNoControlCharacters(t *testing.T) {
	p := newPage(t)
	for _, id := range []string{"a\x00b", "a\nb", "\x1b[31m", "a\u0085b"} {
		args, err := json.Marshal([]string{"contacts", id})
		require.NoError(t, err)
		code, e := p.call(t, "Records.Get", args)
		require.Equal(t, http.StatusBadRequest, code)
		require.Contains(t, e.Message, "do not belong there")
	}
}

// Numbers may be anything.
func TestR31_NumbersAreAnyNumber(t *testing.T) {
	p := newPage(t)
	for _, n := range []int{math.MinInt, math.MinInt32, -1, 0, math.MaxInt32, math.MaxInt} {
		for method, arg := range map[string]any{
			"Records.List":   wire.ListQuery{Type: "contacts", Offset: n, Limit: n, Token: int64(n)},
			"Records.Search": wire.SearchQuery{Text: "a", Limit: n},
			"Board.Board":    wire.BoardQuery{Cards: n},
			"Board.Cards":    wire.CardQuery{Offset: n, Limit: n},
		} {
			args, err := json.Marshal([]any{arg})
			require.NoError(t, err)
			code, e := p.call(t, method, args)
			require.Less(t, code, http.StatusInternalServerError, "%s %d: %s", method, n, e.Message)
		}
	}
}

// Whatever the page sends, the answer is one of ours: no crash, no inner error,
// no answer that is not JSON.
func FuzzR31_Dispatcher(f *testing.F) {
	p := newPage(f)
	var methods []string
	for _, facade := range p.node.Facades() {
		v := reflect.ValueOf(facade)
		for i := range v.NumMethod() {
			methods = append(methods, v.Elem().Type().Name()+"."+v.Type().Method(i).Name)
		}
	}
	for i, a := range texts(p.node.Facades()) {
		a.set(`O'Neil "x" <b> %00`)
		f.Add(uint8(i%len(methods)), body(f, a.args))
	}
	for i := range methods {
		for _, s := range []string{``, `null`, `[]`, `[null]`, `{}`, `[1,2]`, `["contacts","1"]`, `[[[[[[]]]]]]`, `[{"type":"contacts","values":{"email":null}}]`, "[\"\xff\"]"} {
			f.Add(uint8(i), []byte(s))
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, body []byte) {
		method := methods[int(which)%len(methods)]
		code, e := p.call(t, method, body)
		require.NotEqual(t, http.StatusInternalServerError, code, "%s %q: %s", method, body, e.Message)
		log, err := os.ReadFile(p.log)
		require.NoError(t, err)
		require.NotContains(t, string(log), "panic in a call", "%s %q", method, body)
	})
}
