package safehtml

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A hostile body, from the corpus that the window's tests use as well.
type hostile struct {
	Name string `json:"name"`
	Kind string `json:"kind"`
	HTML string `json:"html"`
}

func corpus(tb testing.TB) (out []hostile) {
	tb.Helper()
	b, err := os.ReadFile("../../frontend/e2e/hostile.json")
	require.NoError(tb, err)
	require.NoError(tb, json.Unmarshal(b, &out))
	require.GreaterOrEqual(tb, len(out), 300)
	return out
}

// wrong says what is in a body that may not be, as a browser with scripts and
// one without would read it; "" when there is nothing. It shares no list with
// the code.
func wrong(body string) string {
	for _, scripting := range []bool{true, false} {
		context := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
		nodes, err := html.ParseFragmentWithOptions(strings.NewReader(body), context, html.ParseOptionEnableScripting(scripting))
		if err != nil {
			return "it cannot be parsed: " + err.Error()
		}
		for _, n := range nodes {
			if bad := wrongNode(n); bad != "" {
				return bad
			}
		}
	}
	return ""
}

func wrongNode(n *html.Node) string {
	if n.Type == html.TextNode {
		return ""
	}
	if n.Type != html.ElementNode {
		return fmt.Sprintf("a node of type %d: %q", n.Type, n.Data)
	}
	text := strings.Fields("abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt em " +
		"figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i ins kbd li mark ol p pre q rp rt ruby s samp section small span " +
		"strike strong sub sup table tbody td tfoot th thead tr tt u ul var wbr a img")
	if n.Namespace != "" || !slices.Contains(text, n.Data) {
		return fmt.Sprintf("the element %s %s", n.Namespace, n.Data)
	}
	for _, a := range n.Attr {
		var ok bool
		switch n.Data + " " + a.Key {
		case "a data-href":
			ok = strings.HasPrefix(a.Val, "https://") || strings.HasPrefix(a.Val, "mailto:") || strings.HasPrefix(a.Val, "tel:")
			ok = ok && !strings.ContainsAny(a.Val, "\"'<>`\x00\t\r\n ")
		case "img src":
			kind, _, found := strings.Cut(a.Val, ";base64,")
			ok = found && slices.Contains([]string{"data:image/png", "data:image/jpeg", "data:image/gif", "data:image/webp"}, kind)
		case "img alt":
			ok = true
		case "td colspan", "td rowspan", "th colspan", "th rowspan", "ol start":
			ok = strings.Trim(a.Val, "0123456789") == "" && len(a.Val) < 7
		default:
			ok = a.Key == "dir" && slices.Contains([]string{"ltr", "rtl", "auto"}, a.Val)
		}
		if !ok || a.Namespace != "" {
			return fmt.Sprintf("the attribute %s=%q of %s", a.Key, a.Val, n.Data)
		}
	}
	for c := range n.ChildNodes() {
		if bad := wrongNode(c); bad != "" {
			return bad
		}
	}
	return ""
}

func TestR29_NothingOfACorpusSurvivesCleaning(t *testing.T) {
	for _, one := range corpus(t) {
		t.Run(one.Name, func(t *testing.T) {
			start := time.Now()
			got := Clean(one.HTML)
			require.Empty(t, wrong(got.HTML), got.HTML)
			require.Equal(t, got.HTML, Clean(got.HTML).HTML, "cleaning it again changes nothing")
			require.Zero(t, Clean(got.HTML).Pictures)
			require.Less(t, time.Since(start), 5*time.Second)
		})
	}
}

// The check above is worth what it sees: in the corpus as it is it finds fault
// with nearly everything.
func TestR29_TheCorpusIsHostile(t *testing.T) {
	kinds, bad := map[string]int{}, 0
	for _, one := range corpus(t) {
		kinds[one.Kind]++
		if wrong(one.HTML) != "" {
			bad++
		}
	}
	for _, kind := range []string{"script", "handler", "url", "fetch", "css", "svg", "math", "mxss", "navigate", "clobber", "odd", "deep"} {
		require.GreaterOrEqual(t, kinds[kind], 15, kind)
	}
	require.Greater(t, bad, len(corpus(t))*9/10)
}

func TestR29_WhatHoldsTextStays(t *testing.T) {
	pixel := "data:image/gif;base64,R0lGODlhAQABAAAAACw="
	for name, c := range map[string]struct {
		in, html, text string
		plain          bool
		pictures       int
	}{
		"nothing":     {"", "", "", true, 0},
		"plain":       {"Two deliveries", "Two deliveries", "Two deliveries", true, 0},
		"ours":        {"a &lt;b&gt; c<br>d", "a &lt;b&gt; c<br/>d", "a <b> c\nd", true, 0},
		"paragraphs":  {"<p>One</p><p>Two</p>", "<p>One</p><p>Two</p>", "One\n\nTwo", true, 0},
		"emphasis":    {"<p style='color:red'>So <b class=x>bold</b></p>", "<p>So <b>bold</b></p>", "So bold", false, 0},
		"list":        {"<ul><li>One<li>Two</ul>", "<ul><li>One</li><li>Two</li></ul>", "- One\n- Two", false, 0},
		"table":       {"<table><tr><td colspan=2 width=9>a<td>b</table>", `<table><tbody><tr><td colspan="2">a</td><td>b</td></tr></tbody></table>`, "a\tb", false, 0},
		"link":        {`<a href="HTTPS://Example.com/a?b=c&amp;d=e" target=_blank>x</a>`, `<a data-href="https://Example.com/a?b=c&amp;d=e">x</a>`, "x", false, 0},
		"mail":        {`<a href="mailto:ida@example.com">Ida</a>`, `<a data-href="mailto:ida@example.com">Ida</a>`, "Ida", false, 0},
		"phone":       {`<a href="tel:+4712345678">call</a>`, `<a data-href="tel:+4712345678">call</a>`, "call", false, 0},
		"http":        {`<a href="http://example.com">x</a>`, "x", "x", true, 0},
		"who signs":   {`<a href="https://ida:pw@example.com">x</a>`, "x", "x", true, 0},
		"a script":    {`a<script>b</script>c<style>d</style>e`, "ace", "ace", true, 0},
		"remote":      {`a<img src="https://example.com/p.gif">b<img alt="A map" src=cid:1>`, "abA map", "abA map", true, 2},
		"enclosed":    {`<img onload=x src="` + pixel + `">`, `<img src="` + pixel + `" alt=""/>`, "", false, 0},
		"drawn":       {`<img src="data:image/svg+xml;base64,AAAA">`, "", "", true, 1},
		"a direction": {`<p dir=rtl lang=he>x</p><span dir=auto>y</span><span>z</span>`, `<p dir="rtl">x</p><span dir="auto">y</span>z`, "x\n\nyz", true, 0},
		"a document":  {"<html><head><title>t</title><style>s</style></head><body bgcolor=red><div>x</div></body></html>", "<div>x</div>", "x", true, 0},
		"not UTF-8":   {"a\xffb<b>\xc0</b>", "a\uFFFDb<b>\uFFFD</b>", "a\uFFFDb\uFFFD", false, 0},
		"lines":       {"<div>a</div> <div>b<br></div>\n<div><br></div><div>c</div>", "<div>a</div> <div>b<br/></div>\n<div><br/></div><div>c</div>", "a\nb\n\nc", true, 0},
		"spaces":      {"<div>a\n   b</div><pre>c\n  d</pre>", "<div>a\n   b</div><pre>c\n  d</pre>", "a b\n\nc\nd", false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, Body{HTML: c.html, Text: c.text, Plain: c.plain, Pictures: c.pictures}, Clean(c.in))
		})
	}
}

func TestR29_ABodyIsBounded(t *testing.T) {
	long := strings.Repeat("<b>æ</b>", MaxInput/8) // 9 bytes each, so it is longer
	got := Clean(long)
	require.True(t, got.Cut)
	require.LessOrEqual(t, len(got.HTML), MaxInput+16)
	require.Empty(t, wrong(got.HTML))
	require.NotContains(t, got.Text, "\uFFFD", "it is cut between characters")
	require.False(t, Clean(strings.Repeat("x", MaxInput)).Cut)
}

// A body that is nested too deeply to be parsed is shown as what it says.
func TestR29_WhatCannotBeParsedIsText(t *testing.T) {
	got := Clean(strings.Repeat("<div>", 2000) + "<script>no</script>1 &lt; 2<p>yes")
	require.Equal(t, Body{HTML: "1 &lt; 2<br/><br/>yes", Text: "1 < 2\n\nyes", Plain: true}, got)
	require.Equal(t, got.HTML, Clean(got.HTML).HTML)
}

// What makes a parser slow or its tree large is answered in seconds, with the
// race detector too, and never with much more than was given.
func TestR29_NoBodyBlowsUp(t *testing.T) {
	for _, part := range []string{
		"<b>", "<a href=x>", "<table><td>", "<p><b>", "</p>", "<svg><p>", "<!--", "<a b=", "&", "<select><option>", "<b></p>",
		"<math><mi>", "<template>", "<i><p></i>", "<nobr>", "<form>", "<img src=x>", "<p><b><i><u>",
	} {
		start := time.Now()
		got := Clean(strings.Repeat(part, MaxInput/len(part)/8))
		require.Empty(t, wrong(got.HTML), part)
		require.LessOrEqual(t, len(got.HTML), maxOutput, part)
		require.Less(t, time.Since(start), 20*time.Second, part)
	}
	var grows strings.Builder
	grows.WriteString("<p>")
	for i := range 300 {
		fmt.Fprintf(&grows, "<b a%d>", i)
	}
	got := Clean(grows.String() + strings.Repeat("<p>x", 400))
	require.True(t, got.Plain, "it grows, so that only its text is left")
	require.Contains(t, got.Text, "x")
}

func FuzzR29(f *testing.F) {
	for _, one := range corpus(f) {
		if len(one.HTML) < 2000 {
			f.Add(one.HTML)
		}
	}
	f.Fuzz(func(t *testing.T, body string) {
		got := Clean(body)
		if bad := wrong(got.HTML); bad != "" {
			t.Fatalf("%q became %q, in which there is %s", body, got.HTML, bad)
		}
		if again := Clean(got.HTML).HTML; again != got.HTML {
			t.Fatalf("%q became %q and then %q", body, got.HTML, again)
		}
	})
}
