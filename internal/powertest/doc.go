// Package powertest is a disk that forgets: a file system whose power can be
// cut, for tests of what must survive that. A process that is killed proves
// nothing here, since the kernel keeps what it wrote.
//
// What a disk promises is what POSIX does and no more. A file's content and
// size are safe once the file was synced; a name (made, moved or removed) is
// safe once its directory was synced, also that of a directory in its parent.
// Everything else is pending: after a cut, each write is there, or is not, or
// is there in some of its sectors, whatever came before or after it, and so is
// each change of a name. A rename happens as a whole or not at all. A sector
// is as it was after one of its writes, or before them; the bytes beside a
// write in the same sector are never damaged, which SQLite takes for granted
// too ("powersafe overwrite"). A write past the end that is lost may leave
// zeros there. Permissions are not modelled: they are safe at once.
//
// Disk is that model, in memory. Mount shows it to processes through FUSE.
//
// The tests of this package hold the product's store to it. A process opens
// the store on such a disk and does what a rep and the engines do, one act
// after the other, and reports each when the store has said that it is done.
// The power is cut at a write or a sync that is drawn from the seed, and the
// process dies. What the disk has kept is opened: it has to be sound, and
// exactly what a store is in which the first acts happened, to the last one
// that was reported or the one after it.
//
// No production code imports this package.
package powertest
