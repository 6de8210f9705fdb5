//go:build linux

package powertest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// Mount shows a disk at an empty directory, until unmount is called: then
// also when something still has files open there.
//
// Writes reach the disk before the call that wrote them returns, but those
// through a shared mapping, which come when the kernel likes; so it is on a
// real one. Locks are the kernel's own.
func Mount(dir string, d *Disk) (unmount func() error, err error) {
	// Nobody changes the disk behind the kernel's back: it may remember.
	forever := time.Hour
	server, err := fs.Mount(dir, &node{disk: d, inode: d.root}, &fs.Options{
		AttrTimeout:  &forever,
		EntryTimeout: &forever,
		MountOptions: fuse.MountOptions{
			Name: "powertest", FsName: "powertest",
			DirectMount: true, DisableXAttrs: true,
			Logger: slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo),
		},
	})
	if err != nil {
		return nil, fmt.Errorf("mount %s: %w", dir, err)
	}
	return func() error {
		err := server.Unmount()
		if err != nil {
			err = errors.Join(err, syscall.Unmount(dir, syscall.MNT_DETACH))
		}
		return err
	}, nil
}

// node is an inode of the disk as the kernel knows it.
type node struct {
	fs.Inode

	disk  *Disk
	inode *inode
}

var (
	_ fs.NodeLookuper  = (*node)(nil)
	_ fs.NodeReaddirer = (*node)(nil)
	_ fs.NodeGetattrer = (*node)(nil)
	_ fs.NodeSetattrer = (*node)(nil)
	_ fs.NodeCreater   = (*node)(nil)
	_ fs.NodeMkdirer   = (*node)(nil)
	_ fs.NodeUnlinker  = (*node)(nil)
	_ fs.NodeRmdirer   = (*node)(nil)
	_ fs.NodeRenamer   = (*node)(nil)
	_ fs.NodeOpener    = (*node)(nil)
	_ fs.NodeReader    = (*node)(nil)
	_ fs.NodeWriter    = (*node)(nil)
	_ fs.NodeFsyncer   = (*node)(nil)
	_ fs.NodeStatfser  = (*node)(nil)
)

func (n *node) child(ctx context.Context, i *inode, out *fuse.EntryOut) *fs.Inode {
	n.disk.attr(i, &out.Attr)
	mode := uint32(syscall.S_IFREG)
	if i.dir {
		mode = syscall.S_IFDIR
	}
	return n.NewInode(ctx, &node{disk: n.disk, inode: i}, fs.StableAttr{Mode: mode, Ino: i.number})
}

func (d *Disk) attr(i *inode, out *fuse.Attr) {
	d.mu.Lock()
	defer d.mu.Unlock()
	out.Mode, out.Size, out.Ino, out.Nlink = i.mode, uint64(len(i.now)), i.number, 1
	out.Blksize, out.Blocks = 4096, (out.Size+sector-1)/sector
	out.Uid, out.Gid = uint32(syscall.Getuid()), uint32(syscall.Getgid())
}

func (n *node) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	i, errno := n.disk.find(n.inode, name)
	if errno != 0 {
		return nil, errno
	}
	return n.child(ctx, i, out), 0
}

func (n *node) Readdir(context.Context) (fs.DirStream, syscall.Errno) {
	names, nodes, errno := n.disk.list(n.inode)
	entries := make([]fuse.DirEntry, len(names))
	for i, name := range names {
		entries[i] = fuse.DirEntry{Name: name, Ino: nodes[i].number, Mode: syscall.S_IFREG}
		if nodes[i].dir {
			entries[i].Mode = syscall.S_IFDIR
		}
	}
	return fs.NewListDirStream(entries), errno
}

func (n *node) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	n.disk.attr(n.inode, &out.Attr)
	return 0
}

func (n *node) Setattr(_ context.Context, _ fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	if mode, ok := in.GetMode(); ok {
		if errno := n.disk.see(func() syscall.Errno { n.inode.mode = mode & 0o7777; return 0 }); errno != 0 {
			return errno
		}
	}
	if size, ok := in.GetSize(); ok {
		if errno := n.disk.truncate(n.inode, int64(size)); errno != 0 {
			return errno
		}
	}
	n.disk.attr(n.inode, &out.Attr)
	return 0
}

func (n *node) Create(ctx context.Context, name string, _, mode uint32, out *fuse.EntryOut) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	i, errno := n.disk.add(n.inode, name, mode&0o7777, false)
	if errno != 0 {
		return nil, nil, 0, errno
	}
	return n.child(ctx, i, out), nil, fuse.FOPEN_KEEP_CACHE, 0
}

func (n *node) Mkdir(ctx context.Context, name string, mode uint32, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	i, errno := n.disk.add(n.inode, name, mode&0o7777, true)
	if errno != 0 {
		return nil, errno
	}
	return n.child(ctx, i, out), 0
}

func (n *node) Unlink(_ context.Context, name string) syscall.Errno {
	return n.disk.remove(n.inode, name)
}

func (n *node) Rmdir(_ context.Context, name string) syscall.Errno {
	return n.disk.remove(n.inode, name)
}

func (n *node) Rename(_ context.Context, name string, to fs.InodeEmbedder, toName string, flags uint32) syscall.Errno {
	dir, ok := to.(*node)
	if !ok || flags != 0 {
		return syscall.EINVAL
	}
	i, errno := n.disk.find(n.inode, name)
	if errno != 0 {
		return errno
	}
	return n.disk.rename(rename{node: i, from: n.inode, fromName: name, to: dir.inode, toName: toName})
}

// Open keeps what the kernel has cached: a mapping of the file may be alive.
func (*node) Open(context.Context, uint32) (fs.FileHandle, uint32, syscall.Errno) {
	return nil, fuse.FOPEN_KEEP_CACHE, 0
}

func (n *node) Read(_ context.Context, _ fs.FileHandle, dest []byte, off int64) (fuse.ReadResult, syscall.Errno) {
	count, errno := n.disk.read(n.inode, dest, off)
	return fuse.ReadResultData(dest[:count]), errno
}

func (n *node) Write(_ context.Context, _ fs.FileHandle, data []byte, off int64) (uint32, syscall.Errno) {
	if errno := n.disk.write(n.inode, data, off); errno != 0 {
		return 0, errno
	}
	return uint32(len(data)), 0
}

// Fsync is asked for files and for directories.
func (n *node) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	return n.disk.sync(n.inode)
}

func (*node) Statfs(_ context.Context, out *fuse.StatfsOut) syscall.Errno {
	out.Bsize, out.Blocks, out.Bfree, out.Bavail, out.NameLen = 4096, 1<<20, 1<<19, 1<<19, 255
	return 0
}
