// Package diskspace says how much room there is on the disk that a folder lies on.
package diskspace

// Free is how many bytes the rep may still write below dir.
func Free(dir string) (int64, error) { return free(dir) }
