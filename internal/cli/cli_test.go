package cli

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"satchel/internal/boot"
	"satchel/internal/sandbox"
)

func noRaise(string) {}

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"satchel": func() {
			noWindow := func(context.Context, *boot.Node, fs.FS) error { return errors.New("no window in a test") }
			os.Exit(Main(context.Background(), os.Args[1:], Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, noWindow, noRaise))
		},
	})
}

// TestScripts runs the stories in testdata. Each has a sandbox portal of 120
// contacts at $SANDBOX, which is also $SATCHEL_BASE_URL, and a data directory
// of its own. The commands beside testscript's own:
//
//	sandbox METHOD PATH [BODY]   calls the portal as its admin; the answer is on stdout
//	captive NAME                 puts the address of a hotel's Wi-Fi into $NAME
//	busy NAME                    puts an address that is in use into $NAME
//	wrong FLAGS PATTERN          calls satchel sandbox: exit code 2, one line on stderr
//	id NAME FILE                 puts the first id in a file of JSON lines into $NAME
//	remoteid NAME FILE           the same with HubSpot's id
//	field NAME KEY FILE          puts the first text of that name in a file of JSON into $NAME
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			p, err := sandbox.Open(sandbox.Options{Contacts: 120, Limits: "off"})
			if err != nil {
				return err
			}
			srv := httptest.NewServer(p.Handler())
			env.Defer(func() { srv.Close(); _ = p.Close() })
			c := p.Credentials()
			env.Setenv("SANDBOX", srv.URL)
			env.Setenv("TOKEN", c.Token)
			env.Setenv("SATCHEL_BASE_URL", srv.URL)
			env.Setenv("SATCHEL_DATA_DIR", env.WorkDir+"/data")
			env.Setenv("XDG_CONFIG_HOME", env.WorkDir+"/config")
			env.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
			env.Setenv("XDG_RUNTIME_DIR", env.WorkDir)
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"sandbox": callSandbox,
			"captive": captive,
			"busy":    busy,
			"wrong":   wrong,
			"id":      firstID,
			"field":   firstField,

			"remoteid": firstRemoteID,
		},
	})
}

func callSandbox(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: sandbox METHOD PATH [BODY]")
	}
	body := ""
	if len(args) > 2 {
		body = args[2]
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, args[0], ts.Getenv("SANDBOX")+args[1], strings.NewReader(body))
	ts.Check(err)
	req.Header.Set("Authorization", "Bearer "+ts.Getenv("TOKEN"))
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer func() { ts.Check(res.Body.Close()) }()
	out := new(strings.Builder)
	ts.Check(res.Write(out))
	_, text, _ := strings.Cut(out.String(), "\r\n\r\n")
	_, _ = ts.Stdout().Write([]byte(text + "\n"))
	if (res.StatusCode >= 400) != neg {
		ts.Fatalf("sandbox answered %s: %s", res.Status, text)
	}
}

// captive is a network that answers every call with a page to sign in to.
func captive(ts *testscript.TestScript, _ bool, args []string) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<html><body>Welcome to the Grand Hotel. Please accept our terms.</body></html>"))
	}))
	ts.Defer(srv.Close)
	ts.Setenv(args[0], srv.URL)
}

func busy(ts *testscript.TestScript, _ bool, args []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { _ = l.Close() })
	ts.Setenv(args[0], l.Addr().String())
}

// wrong calls satchel sandbox with flags that it must refuse.
func wrong(ts *testscript.TestScript, _ bool, args []string) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var out, said strings.Builder
	noWindow := func(context.Context, *boot.Node, fs.FS) error { return errors.New("no window in a test") }
	code := Main(ctx, append([]string{"sandbox"}, strings.Fields(args[0])...), Streams{In: strings.NewReader(""), Out: &out, Err: &said}, noWindow, noRaise)
	if code != exitUsage || out.Len() > 0 || strings.Count(said.String(), "\n") != 1 || !regexp.MustCompile(args[1]).MatchString(said.String()) {
		ts.Fatalf("satchel sandbox %s: exit code %d, %q, %q", args[0], code, out.String(), said.String())
	}
}
