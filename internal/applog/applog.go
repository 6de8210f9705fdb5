// Package applog writes what happened to a file that may be shown to others:
// JSON lines, rotated, readable by the rep alone, and without secrets or
// personal data.
//
// The first defence is the caller's: tokens, e-mail addresses and property
// values are not logged at all. This package is the second one. It hides what
// looks like a secret or an address, and prints of a structure its type only.
package applog

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"gopkg.in/natefinch/lumberjack.v2"
)

// A log file is at most fileMB large and has at most backups predecessors.
const (
	fileMB  = 5
	backups = 3
)

// Log is an open log file. Close it when nothing logs any more.
type Log struct {
	*slog.Logger
	file *lumberjack.Logger
}

// Open makes dir/logs and logs to satchel.log in it. Level is debug, info,
// warn or error.
func Open(dir, level string) (*Log, error) {
	return open(dir, level, fileMB)
}

func open(dir, level string, mb int) (*Log, error) {
	var least slog.Level
	if err := least.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("read log level: %w", err)
	}
	file := filepath.Join(dir, "logs", "satchel.log")
	if err := private(file); err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	rotated := &lumberjack.Logger{Filename: file, MaxSize: mb, MaxBackups: backups}
	return &Log{Logger: New(rotated, least), file: rotated}, nil
}

// New is a logger with the same lines and the same care that writes to w. It
// is safe for concurrent use if w is not written to by others.
func New(w io.Writer, least slog.Leveler) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: least, ReplaceAttr: redact}))
}

// File is the name of the file.
func (l *Log) File() string { return l.file.Filename }

// Close closes the file. A line logged afterwards would open it again.
func (l *Log) Close() error { return l.file.Close() }

// private makes sure that the file exists and that nobody but the rep can
// read it, whatever the umask is and whoever made it. Rotation keeps the mode.
func private(file string) error {
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	if err := f.Chmod(0o600); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}
