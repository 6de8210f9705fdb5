package store

import (
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
)

// usualPage is the size of SQLite's pages where the file does not say.
const usualPage = 4096

// pages reads a database file that SQLite cannot, page by page, with what was
// committed in its -wal file. It must not be given the file of an open store:
// closing it would drop SQLite's locks. See https://www.sqlite.org/fileformat2.html.
type pages struct {
	file   *os.File
	wal    *os.File
	frames map[uint32]int64 // where the -wal file has the latest version of a page
	size   int
	count  uint32
	// doubtful says that the -wal file cannot be read, so that the pages may be
	// older than what was committed.
	doubtful bool
}

// openPages opens a file and the -wal file beside it, which need not be there.
func openPages(path string) (*pages, error) {
	p := &pages{frames: map[uint32]int64{}, size: usualPage}
	var err error
	if p.file, err = os.Open(path); err != nil {
		return nil, err
	}
	if err := p.begin(path); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

func (p *pages) begin(path string) error {
	var head [18]byte
	if _, err := p.file.ReadAt(head[:], 0); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if n, ok := pageSize(int(binary.BigEndian.Uint16(head[16:]))); ok && string(head[:16]) == "SQLite format 3\x00" {
		p.size = n
	}
	wal, err := os.Open(path + "-wal")
	if err == nil {
		p.wal = wal
		err = p.readWAL()
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	info, err := p.file.Stat()
	if err != nil {
		return err
	}
	p.count = max(p.count, uint32(min(info.Size()/int64(p.size), 1<<32-2))) //nolint:gosec // bounded
	return nil
}

// legible reads a file to its end, and the -wal file beside it: SQLite also says
// damaged when the disk cannot be read, which may pass. No connection may be open.
func legible(path string) error {
	for _, name := range []string{path, path + "-wal"} {
		f, err := os.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, f)
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	return nil
}

// pageSize is what a header's two bytes mean.
func pageSize(n int) (int, bool) {
	if n == 1 {
		n = 65536
	}
	return n, n >= 512 && n <= 65536 && n&(n-1) == 0
}

const (
	walHeader   = 32
	frameHeader = 24
	walMagic    = 0x377f0682 // the lowest bit says in which byte order sums are made
)

// readWAL finds the frames up to the last commit, as SQLite would.
func (p *pages) readWAL() error {
	var head [walHeader]byte
	if _, err := p.wal.ReadAt(head[:], 0); errors.Is(err, io.EOF) {
		return nil
	} else if err != nil {
		return err
	}
	magic := binary.BigEndian.Uint32(head[:])
	size, ok := pageSize(int(binary.BigEndian.Uint32(head[8:]) & 0xffff))
	if binary.BigEndian.Uint32(head[8:]) == 65536 {
		size, ok = 65536, true
	}
	s := sum{order: binary.ByteOrder(binary.LittleEndian)}
	if magic&1 == 1 {
		s.order = binary.BigEndian
	}
	s.add(head[:24])
	if magic&^1 != walMagic || !ok || !s.is(head[24:]) {
		p.doubtful = true
		return nil
	}
	p.size = size
	frame := make([]byte, frameHeader+size)
	pending := map[uint32]int64{}
	for at := int64(walHeader); ; at += int64(len(frame)) {
		if _, err := p.wal.ReadAt(frame, at); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		s.add(frame[:8])
		s.add(frame[frameHeader:])
		if string(frame[8:16]) != string(head[16:24]) || !s.is(frame[16:]) {
			return nil
		}
		pending[binary.BigEndian.Uint32(frame)] = at + frameHeader
		if after := binary.BigEndian.Uint32(frame[4:]); after != 0 { // a commit
			for n, at := range pending {
				p.frames[n] = at
				p.count = max(p.count, n)
			}
			clear(pending)
		}
	}
}

// A sum is the checksum of a -wal file so far.
type sum struct {
	order binary.ByteOrder
	a, b  uint32
}

func (s *sum) add(data []byte) {
	for ; len(data) >= 8; data = data[8:] {
		s.a += s.order.Uint32(data) + s.b
		s.b += s.order.Uint32(data[4:]) + s.a
	}
}

func (s *sum) is(stored []byte) bool {
	return binary.BigEndian.Uint32(stored) == s.a && binary.BigEndian.Uint32(stored[4:]) == s.b
}

// page reads one page, counted from 1; ok is false when it is not there.
func (p *pages) page(n uint32) (data []byte, ok bool) {
	if n == 0 || n > p.count {
		return nil, false
	}
	data = make([]byte, p.size)
	if at, there := p.frames[n]; there {
		if _, err := p.wal.ReadAt(data, at); err == nil {
			return data, true
		}
	}
	// Part of a page is better than none, and what cannot be read is zeros.
	got, _ := p.file.ReadAt(data, int64(n-1)*int64(p.size))
	return data, got > 0
}

func (p *pages) close() error {
	err := p.file.Close()
	if p.wal != nil {
		err = errors.Join(err, p.wal.Close())
	}
	return err
}
