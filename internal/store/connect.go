package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"net/url"
	"path/filepath"
	"runtime"
	"strings"

	"modernc.org/sqlite"
)

// settings are the pragmas of every connection. They stand in the DSN, since a
// pragma sent through a pool reaches one connection only. synchronous is FULL:
// under NORMAL a power cut takes back commits that were already reported.
const settings = "_txlock=immediate&_defensive=1&_dqs=0" +
	"&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
	"&_pragma=foreign_keys(1)&_pragma=trusted_schema(0)&_pragma=cell_size_check(1)" +
	"&_pragma=secure_delete(1)&_pragma=temp_store(2)"

// fileURI names a file for SQLite; with a bare path, mode=ro would be ignored.
func fileURI(path string) string {
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // C:/... on Windows
	}
	return "file://" + (&url.URL{Path: slashed}).EscapedPath()
}

func dsn(path, extra string) string {
	s := fileURI(path) + "?" + settings
	if runtime.GOOS == "darwin" {
		// A plain fsync there does not reach the platter.
		s += "&_pragma=fullfsync(1)&_pragma=checkpoint_fullfsync(1)"
	}
	return s + extra
}

// connector opens connections with a driver of our own, so that our SQL
// function reaches nobody else's connections.
type connector struct {
	driver *sqlite.Driver
	dsn    string
}

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.dsn) }
func (c connector) Driver() driver.Driver                        { return c.driver }

// newDriver makes a driver whose connections know fold(text), which brings
// text into the form in which it is compared.
func newDriver() (*sqlite.Driver, error) {
	d := &sqlite.Driver{}
	err := d.RegisterDeterministicScalarFunction("fold", 1, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		switch v := args[0].(type) {
		case string:
			return fold(v), nil
		case []byte:
			return fold(string(v)), nil
		}
		return args[0], nil
	})
	return d, err
}

func openPool(d *sqlite.Driver, path, extra string, conns int) *sql.DB {
	db := sql.OpenDB(connector{d, dsn(path, extra)})
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db
}
