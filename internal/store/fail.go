package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"modernc.org/sqlite"

	"satchel/internal/crm"
)

// SQLite's primary result codes that mean something to us.
// See https://www.sqlite.org/rescode.html.
const (
	codeError     = 1
	codePerm      = 3
	codeBusy      = 5
	codeLocked    = 6
	codeReadOnly  = 8
	codeInterrupt = 9
	codeIOErr     = 10
	codeCorrupt   = 11
	codeFull      = 13
	codeCantOpen  = 14
	codeNotADB    = 26
)

// codeHotJournal is SQLite's extended code for a reader that finds a journal to
// roll back, and may not write.
const codeHotJournal = codeReadOnly | 3<<8

const (
	msgFull     = "The disk is full. Nothing was lost; free some space and try again."
	msgReadOnly = "Satchel cannot write to its data folder. Nothing was changed; check the folder's permissions and try again."
	msgIO       = "The disk could not be read or written. What was saved before is kept; check the disk and try again."
	msgCorrupt  = "Satchel's local data is damaged, or the disk cannot be read. Nothing was sent, and what is in HubSpot is safe. Close Satchel and start it again: it then repairs its data and keeps the changes that wait."
	msgBusy     = "Another program is using Satchel's data. Close it and try again."
)

// fail gives an error its kind and its sentence. Errors that have one keep it.
func fail(op string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := crm.AsError(err); ok {
		return fmt.Errorf("%s: %w", op, err)
	}
	kind, msg := classify(err)
	return &crm.Error{Kind: kind, Op: op, Msg: msg, Err: err}
}

func classify(err error) (crm.Kind, string) {
	var e *sqlite.Error
	switch {
	case errors.As(err, &e):
		return classifyCode(e.Code() & 0xff)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return crm.Canceled, ""
	case errors.Is(err, sql.ErrConnDone):
		return crm.Canceled, ""
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return crm.Storage, msgFull
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return crm.Storage, msgReadOnly
	}
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return crm.Storage, msgIO
	}
	return crm.Internal, ""
}

func classifyCode(code int) (crm.Kind, string) {
	switch code {
	case codeFull:
		return crm.Storage, msgFull
	case codePerm, codeReadOnly, codeCantOpen:
		return crm.Storage, msgReadOnly
	case codeIOErr:
		return crm.Storage, msgIO
	case codeCorrupt, codeNotADB:
		return crm.Corrupt, msgCorrupt
	case codeBusy, codeLocked:
		return crm.InUse, msgBusy
	case codeInterrupt:
		return crm.Canceled, ""
	}
	return crm.Internal, ""
}

func invalid(format string, args ...any) error {
	return &crm.Error{Kind: crm.Invalid, Msg: fmt.Sprintf(format, args...)}
}

func notFound(format string, args ...any) error {
	return &crm.Error{Kind: crm.NotFound, Msg: fmt.Sprintf(format, args...)}
}

func conflict(format string, args ...any) error {
	return &crm.Error{Kind: crm.Conflict, Msg: fmt.Sprintf(format, args...)}
}
