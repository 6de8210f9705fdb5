// Package migrations holds the database schema as goose migrations, one file
// per change, NNNN_verb_noun.sql, forward only. A released file never changes.
package migrations

import "embed"

// FS holds the migrations.
//
//go:embed *.sql
var FS embed.FS
