package store

import (
	"encoding/binary"
	"math"
	"unicode/utf8"
)

// The kinds of b-tree pages that hold rows.
const (
	indexInterior = 0x02
	indexLeaf     = 0x0a
	tableLeaf     = 0x0d
)

// mostColumns is more than any table of ours has.
const mostColumns = 64

// A cell is one row as a page holds it.
type cell struct {
	page   uint32
	rowid  int64 // of a table's row
	values []any // nil, int64, float64, string or []byte
}

// cells calls fn with every row of every page that is whole enough to be read,
// in the order of the pages. want says by the number of columns which rows are
// worth decoding.
func (p *pages) cells(want func(kind byte, columns int) bool, fn func(kind byte, c cell)) {
	for n := uint32(1); n <= p.count && n != 0; n++ {
		if data, ok := p.page(n); ok {
			p.cellsOf(n, data, want, fn)
		}
	}
}

func (p *pages) cellsOf(n uint32, data []byte, want func(byte, int) bool, fn func(byte, cell)) {
	at := 0
	if n == 1 {
		at = 100
	}
	kind := data[at]
	first := at + 8
	switch kind {
	case tableLeaf, indexLeaf:
	case indexInterior:
		first += 4
	default:
		return
	}
	count := int(binary.BigEndian.Uint16(data[at+3:]))
	if first+2*count > len(data) {
		return
	}
	for i := range count {
		start := int(binary.BigEndian.Uint16(data[first+2*i:]))
		if start < first+2*count || start >= len(data) {
			continue
		}
		if c, ok := p.cell(kind, data, start, want); ok {
			c.page = n
			fn(kind, c)
		}
	}
}

func (p *pages) cell(kind byte, data []byte, at int, want func(byte, int) bool) (c cell, ok bool) {
	rest := data[at:]
	if kind == indexInterior { // the child on the left comes first
		if len(rest) < 4 {
			return c, false
		}
		rest = rest[4:]
	}
	size, used := varint(rest)
	if used == 0 || size <= 0 || size > int64(p.count)*int64(p.size) {
		return c, false
	}
	rest = rest[used:]
	if kind == tableLeaf {
		if c.rowid, used = varint(rest); used == 0 {
			return c, false
		}
		rest = rest[used:]
	}
	local := p.local(kind, size)
	if local > len(rest) {
		return c, false
	}
	types, body, ok := header(rest[:local])
	if !ok || !want(kind, len(types)) {
		return c, false
	}
	payload := rest[:local]
	if int64(local) < size {
		if payload, ok = p.overflow(rest, local, int(size)); !ok {
			return c, false
		}
	}
	c.values, ok = decode(types, payload[body:])
	return c, ok
}

// local is how much of a payload stands in the page itself.
func (p *pages) local(kind byte, size int64) int {
	usable := int64(p.size)
	most := usable - 35
	if kind != tableLeaf {
		most = (usable-12)*64/255 - 23
	}
	if size <= most {
		return int(size)
	}
	least := (usable-12)*32/255 - 23
	if n := least + (size-least)%(usable-4); n <= most {
		return int(n)
	}
	return int(least)
}

// overflow follows the chain of pages that hold the rest of a payload.
func (p *pages) overflow(rest []byte, local, size int) ([]byte, bool) {
	if local+4 > len(rest) {
		return nil, false
	}
	out := append(make([]byte, 0, size), rest[:local]...)
	next := binary.BigEndian.Uint32(rest[local:])
	for len(out) < size {
		data, ok := p.page(next)
		if !ok {
			return nil, false
		}
		out = append(out, data[4:4+min(size-len(out), p.size-4)]...)
		next = binary.BigEndian.Uint32(data)
	}
	return out, next == 0
}

// header reads the types of a row's columns, and where the first begins.
func header(payload []byte) (types []int64, body int, ok bool) {
	size, at := varint(payload)
	if at == 0 || size > int64(len(payload)) || size < int64(at) {
		return nil, 0, false
	}
	for at < int(size) {
		t, used := varint(payload[at:size])
		if used == 0 || t < 0 || t == 10 || t == 11 || len(types) == mostColumns {
			return nil, 0, false
		}
		types = append(types, t)
		at += used
	}
	return types, int(size), true
}

// decode reads a row's columns. They have to fill it: one that does not fit is
// no row. A text that is none any more is left out.
func decode(types []int64, body []byte) ([]any, bool) {
	out := make([]any, len(types))
	for i, t := range types {
		n := width(t)
		if n > int64(len(body)) {
			return nil, false
		}
		raw := body[:n]
		body = body[n:]
		switch {
		case t == 0:
		case t <= 6:
			out[i] = integer(raw)
		case t == 7:
			out[i] = math.Float64frombits(binary.BigEndian.Uint64(raw))
		case t == 8, t == 9:
			out[i] = t - 8
		case t%2 == 0:
			out[i] = append([]byte(nil), raw...)
		case utf8.Valid(raw):
			out[i] = string(raw)
		}
	}
	return out, len(body) == 0
}

// width is how many bytes a column takes.
func width(t int64) int64 {
	switch {
	case t <= 4:
		return t
	case t == 5:
		return 6
	case t <= 7:
		return 8
	case t < 12:
		return 0
	}
	return (t - 12) / 2
}

func integer(raw []byte) int64 {
	if len(raw) == 0 {
		return 0
	}
	n := int64(int8(raw[0]))
	for _, b := range raw[1:] {
		n = n<<8 | int64(b)
	}
	return n
}

// varint reads SQLite's integers of one to nine bytes; used is 0 when there is
// none.
func varint(b []byte) (n int64, used int) {
	for i := range min(9, len(b)) {
		if i == 8 {
			return n<<8 | int64(b[i]), 9
		}
		n = n<<7 | int64(b[i]&0x7f)
		if b[i] < 0x80 {
			return n, i + 1
		}
	}
	return 0, 0
}
