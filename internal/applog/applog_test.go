package applog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// The canaries: a word of each must never be found in a log.
const (
	pat     = "pat-eu1-0ca9a7e0-1111-2222-3333-444455556666"
	access  = "CPPF0aCANARYzIxIOggIAAAABAAAAgAAAAAAAEhgAoQwY_o4QIwAAEgAAEEAAQQAAAAMAAgE4"
	jwt     = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJjYW5hcnkifQ.canarySignature"
	address = "canary.o'neil+x@sub.example.co.uk"
	umlaut  = "jürgen.canary@bücher.example"
	phone   = "+49 (0)170 5550-199"
)

func TestOpen_FilesAreForTheRepAlone(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	dir := filepath.Join(t.TempDir(), "data")
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "logs"), 0o777))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "logs", "satchel.log"), []byte("{}\n"), 0o666))

	l, err := open(dir, "info", 1)
	require.NoError(t, err)
	for range 3 * 1024 { // 3 MB: it is rotated twice
		_, err := l.file.Write([]byte(strings.Repeat("x", 1023) + "\n"))
		require.NoError(t, err)
	}
	l.Info("last")
	require.NoError(t, l.Close())

	files := 0
	require.NoError(t, filepath.WalkDir(filepath.Join(dir, "logs"), func(name string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		info, err := d.Info()
		require.NoError(t, err)
		if d.IsDir() {
			require.Equal(t, os.FileMode(0o700), info.Mode().Perm(), name)
			return nil
		}
		files++
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), name)
		require.LessOrEqual(t, info.Size(), int64(1<<20))
		return nil
	}))
	require.GreaterOrEqual(t, files, 3)
}

func TestOpen_WritesLinesOfJSON(t *testing.T) {
	l, err := Open(t.TempDir(), "info")
	require.NoError(t, err)
	l.Debug("not shown")
	l.Info("pulled", slog.String("type", "contacts"), slog.Int("rows", 3))
	require.NoError(t, l.Close())
	text, err := os.ReadFile(l.File())
	require.NoError(t, err)
	var line map[string]any
	require.NoError(t, json.Unmarshal(text, &line)) // one line, no more
	require.Equal(t, "pulled", line["msg"])
	require.Equal(t, "contacts", line["type"])
	require.InDelta(t, 3, line["rows"], 0)
	require.Contains(t, line, "time")
}

func TestOpen_RefusesWhatItCannotUse(t *testing.T) {
	_, err := Open(t.TempDir(), "loud")
	require.ErrorContains(t, err, "read log level")
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err = Open(file, "info")
	require.ErrorContains(t, err, "open log")
}

type record struct{ Email string }

type kind int

func (kind) String() string { return "kind of " + address }

type name string

type valuer struct{}

func (valuer) LogValue() slog.Value { return slog.StringValue("x " + pat) }

// Whatever way a canary takes into the log, it does not arrive.
func TestNew_CanariesDoNotArrive(t *testing.T) {
	var out bytes.Buffer
	l := New(&out, slog.LevelDebug)
	for _, canary := range []string{pat, access, jwt, address, umlaut, phone} {
		for _, text := range []string{
			canary,
			"Authorization: Bearer " + canary,
			"Get \"https://api.example/crm?x=1&email=" + canary + "\": EOF",
			"https://rep:" + canary + "@api.example/",
			`{"refresh_token":"` + canary + `","email": "` + canary + `"}`,
			"grant_type=refresh_token&refresh_token=" + canary,
			strings.Repeat("x ", longest/2-10) + canary, // at the cut
		} {
			l.Info("in a text "+text, slog.String("text", text)) //nolint:sloglint // somebody will
			l.Info("error", slog.Any("err", fmt.Errorf("send: %w", errors.New(text))))
			l.Info("list", slog.Any("list", []string{text}), slog.Any("errs", []error{errors.New(text)}))
			l.Info("named", slog.Any("name", name(text)), slog.Any("bytes", []byte(text)), slog.Any("map", map[string]string{"a": text}))
			l.With(slog.String("with", text)).WithGroup("group").Info("grouped", slog.Group("inner", slog.String("text", text)))
		}
		for _, key := range []string{"token", "accessToken", "client_secret", "Authorization", "set-cookie", "owner_email", "phone"} {
			l.Info("by name", slog.String(key, canary), slog.Any(key, record{canary}), slog.Group(key, slog.String("value", "canary word")))
		}
	}
	l.Info("others", slog.Any("record", record{address}), slog.Any("ptr", &record{address}), slog.Any("kind", kind(1)), slog.Any("valuer", valuer{}))
	logged := regexp.MustCompile(`"time":"[^"]*"`).ReplaceAllString(out.String(), "") // whose digits are any
	for _, word := range []string{"canary", "CANARY", "0ca9a7e0", "5550", "o'neil", "bücher", "eyJzdWI"} {
		if i := strings.Index(logged, word); i >= 0 {
			t.Fatalf("%q arrived: ...%s", word, logged[max(0, i-200):min(i+100, len(logged))])
		}
	}
}

func TestNew_FactsArrive(t *testing.T) {
	for _, text := range []string{
		"pulled page 12 of contacts in 150ms",
		"0197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
		"github.com/wailsapp/wails/v2@v2.15.0/internal/frontend/desktop.go:42",
		"/home/rep/.local/share/satchel/satchel.db",
		"https://api.example/crm/objects/2026-03/contacts?limit=100&after=200",
		"status 429, policy TEN_SECONDLY_ROLLING",
		"2026-11-23T14:43:59.124229717+01:00",
	} {
		require.Equal(t, text, Scrub(text))
	}
	var out bytes.Buffer
	New(&out, slog.LevelInfo).Info("facts", slog.Any("list", []int{1, 2}), slog.Any("name", name("deals")), slog.Any("none", nil), slog.Any("record", record{}))
	require.Contains(t, out.String(), `"list":[1,2],"name":"deals","none":null,"record":"[applog.record]"`)
}
