package support

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func text(parts []Part) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.Name + "\n" + p.Text)
	}
	return b.String()
}

func TestCollect_WhatLooksPersonalIsHiddenAndTheHomeHasNoName(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "logs"), 0o700))
	line := `{"msg":"sent","err":"refused ada.canary@firm.example, Bearer pat-eu1-canary-canary-canary"}` + "\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "logs", "satchel.log"), []byte(strings.Repeat(line, 5000)+"last\n"), 0o600))
	parts := Collect(t.Context(), Sources{
		DataDir: dir, Home: dir,
		Facts: []Fact{
			{"one", func(context.Context) (any, error) {
				return map[string]string{"dir": dir, "who": "ada.canary@firm.example"}, nil
			}},
			{"two", func(context.Context) (any, error) { return nil, errors.New("no ada.canary@firm.example") }},
			{"three", func(context.Context) (any, error) { return make(chan int), nil }},
		},
	})
	all := text(parts)
	require.NotContains(t, all, "canary")
	require.NotContains(t, all, dir)
	require.Contains(t, all, `"dir": "~"`)
	require.Contains(t, all, `"error": "no [redacted]"`)
	require.Contains(t, all, "logs/satchel.log")
	require.True(t, strings.HasSuffix(all, "last\n"))
	require.Less(t, len(all), logTail+8<<10, "the end of the log only")
}

func TestCollect_SaysWhatCannotBeRead(t *testing.T) {
	parts := Collect(t.Context(), Sources{DataDir: filepath.Join(t.TempDir(), "none")})
	require.Contains(t, text(parts), "no such file")
}

func TestSave_IsForTheRepAloneAndWhatWasShown(t *testing.T) {
	dir := t.TempDir()
	at := time.Date(2026, 11, 27, 6, 0, 0, 0, time.UTC)
	parts := []Part{{"a.txt", "one\n"}, {"logs/b.log", "two\n"}}
	name, err := Save(dir, parts, at)
	require.NoError(t, err)
	info, err := os.Stat(name)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	b, err := os.ReadFile(name)
	require.NoError(t, err)
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	require.NoError(t, err)
	require.Len(t, z.File, 2)
	for i, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		var got bytes.Buffer
		_, err = got.ReadFrom(r)
		require.NoError(t, err)
		require.Equal(t, parts[i], Part{f.Name, got.String()})
	}
	_, err = Save(dir, parts, at)
	require.ErrorIs(t, err, os.ErrExist, "nothing is overwritten")
}
