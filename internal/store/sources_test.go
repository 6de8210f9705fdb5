package store_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// openers are the functions of package os that open a file, and so drop the locks
// of the whole process on it when they close it, or that change one behind
// SQLite's back.
var openers = []string{
	"Open", "OpenFile", "OpenInRoot", "Create", "ReadFile", "WriteFile", "Truncate", "Rename", "Remove", "RemoveAll", "Link", "Symlink", "CopyFS", "DirFS", "NewFile", "OpenRoot",
}

// mayOpen are the functions of this package that use them, and on what. None has
// the database open: it is a file of another name, or no connection is.
var mayOpen = map[string]string{
	"Store.prepareFile": "makes the empty database before SQLite opens it",
	"Store.replace":     "moves the database aside, and the new one into its place, when no connection is open",
	"legible":           "reads a damaged database when no connection is open",
	"openPages":         "reads a database that was put aside, or a backup",
	"pages.begin":       "the -wal file beside one",
	"Store.goOnHealing": "the mark of a repair",
	"writeFile":         "marks",
	"Store.remove":      "marks, half a new database, backups and databases that were put aside",
	"Store.writeBackup": "a backup, which has another name until it is whole",
	"syncFile":          "a backup",
	"Store.BackUpDaily": "old backups",
	"syncDir":           "folders",
}

// TestR12_OnlySQLiteOpensTheDatabase reads the sources: outside of this package
// nobody names the database's files or asks where they are in order to open them,
// and in it only the functions above open or move any file.
func TestR12_OnlySQLiteOpensTheDatabase(t *testing.T) {
	used := map[string]bool{}
	files := 0
	require.NoError(t, fs.WalkDir(os.DirFS("../.."), ".", func(file string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		name := d.Name()
		if d.IsDir() {
			if name == "testdata" || name == "node_modules" || name == "build" || len(name) > 1 && name[0] == '.' || strings.HasSuffix(name, "test") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		files++
		f, err := parser.ParseFile(token.NewFileSet(), "../../"+file, nil, 0)
		require.NoError(t, err)
		ours := path.Dir(file) == "internal/store"
		for _, decl := range f.Decls {
			where := nameOf(decl)
			ast.Inspect(decl, func(n ast.Node) bool {
				switch x := n.(type) {
				case *ast.BasicLit:
					if x.Kind == token.STRING && !ours {
						for _, part := range []string{"satchel.db", "-wal", "-shm"} {
							require.NotContains(t, x.Value, part, "%s: %s", file, where)
						}
					}
				case *ast.SelectorExpr:
					if pkg, ok := x.X.(*ast.Ident); ours && ok && pkg.Name == "os" && slices.Contains(openers, x.Sel.Name) {
						require.Contains(t, mayOpen, where, "%s opens files with os.%s: say on what, and why SQLite has none of them open", file, x.Sel.Name)
						used[where] = true
					}
				}
				return true
			})
		}
		return nil
	}))
	require.Greater(t, files, 100)
	for name := range mayOpen {
		require.True(t, used[name], "%s opens no file any more", name)
	}
}

func nameOf(decl ast.Decl) string {
	f, ok := decl.(*ast.FuncDecl)
	if !ok {
		return "a declaration"
	}
	if f.Recv == nil {
		return f.Name.Name
	}
	recv := f.Recv.List[0].Type
	if star, ok := recv.(*ast.StarExpr); ok {
		recv = star.X
	}
	if id, ok := recv.(*ast.Ident); ok {
		return id.Name + "." + f.Name.Name
	}
	return f.Name.Name
}
