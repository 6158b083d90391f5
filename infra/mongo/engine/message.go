package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// The parts of the MongoDB wire protocol that the gate must understand.
const (
	opMsg   = 2013 // every command of a modern driver
	opQuery = 2004 // the legacy handshake

	headerSize     = 16
	maxMessageSize = 48_000_000 // what the server announces; anything larger is hostile
	firstRead      = 64 << 10

	flagChecksum   = 1 << 0
	flagMoreToCome = 1 << 1

	sectionBody = 0
)

// errMessage says that a peer sent something that is not a message the server can take.
var errMessage = errors.New("not a valid wire message")

// command is what the gate needs to know of a request.
type command struct {
	name       string // first key of the body, such as "update"; empty when it cannot be told
	database   string // the body's $db; empty when it cannot be told
	wantsReply bool   // false for unacknowledged writes
}

// changesInPlace says whether the server reads documents, changes them in memory and writes them back,
// which is atomic only if no other such command of the database runs at the same time.
func (c command) changesInPlace() bool {
	return c.name == "update" || c.name == "findAndModify" || c.name == "findandmodify"
}

// isHandshake says whether the reply tells the driver the server's limits.
func (c command) isHandshake() bool {
	switch c.name {
	case "", "hello", "isMaster", "ismaster":
		return true
	}
	return false
}

// readMessage reads one whole wire message. It checks the announced size before it allocates, and
// lets a large message's buffer grow only as its bytes arrive.
func readMessage(r io.Reader) ([]byte, error) {
	var head [headerSize]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	size := int64(binary.LittleEndian.Uint32(head[:]))
	if size < headerSize || size > maxMessageSize {
		return nil, fmt.Errorf("%w: announced size %d is outside %d to %d", errMessage, size, headerSize, maxMessageSize)
	}
	var buf bytes.Buffer
	buf.Grow(int(min(size, firstRead)))
	buf.Write(head[:])
	if _, err := io.CopyN(&buf, r, size-headerSize); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return buf.Bytes(), nil
}

// parseRequest tells what a message from a client asks for. Opcodes that the server does not handle are
// an error: it would have no reply to give, and compressed messages would hide updates from the gate.
func parseRequest(m []byte) (command, error) {
	switch op := binary.LittleEndian.Uint32(m[12:]); op {
	case opQuery:
		return command{wantsReply: true}, nil
	case opMsg:
	default:
		return command{}, fmt.Errorf("%w: opcode %d is not supported", errMessage, op)
	}
	if len(m) < headerSize+4 {
		return command{}, fmt.Errorf("%w: no flags", errMessage)
	}
	flags := binary.LittleEndian.Uint32(m[headerSize:])
	end := len(m)
	if flags&flagChecksum != 0 {
		end -= 4
	}
	for p := headerSize + 4; p < end; {
		kind := m[p]
		p++
		if end-p < 4 {
			break
		}
		size := int64(binary.LittleEndian.Uint32(m[p:]))
		if size < 5 || size > int64(end-p) {
			break
		}
		section := m[p : p+int(size)]
		if kind == sectionBody {
			name, database := documentKeys(section)
			return command{name: name, database: database, wantsReply: flags&flagMoreToCome == 0}, nil
		}
		p += int(size)
	}
	return command{}, fmt.Errorf("%w: no body section", errMessage)
}

// documentKeys returns the first key of a BSON document and the value of its "$db" key. On a document
// it cannot follow it returns what it found so far; the server itself will refuse such a document.
func documentKeys(d []byte) (first, database string) {
	for p := 4; p < len(d) && d[p] != 0; {
		kind := d[p]
		key, value, ok := cutCString(d, p+1)
		if !ok {
			return first, database
		}
		if first == "" {
			first = key
		}
		size, ok := valueSize(kind, d[value:])
		if !ok {
			return first, database
		}
		if key == "$db" && kind == 0x02 {
			return first, string(d[value+4 : value+size-1])
		}
		p = value + size
	}
	return first, database
}

// cutCString returns the zero-terminated string at d[p:] and the position after it.
func cutCString(d []byte, p int) (s string, next int, ok bool) {
	n := bytes.IndexByte(d[p:], 0)
	if n < 0 {
		return "", 0, false
	}
	return string(d[p : p+n]), p + n + 1, true
}

// valueSize returns how many bytes the BSON value of the given type takes at the start of v, and whether
// they are all there.
func valueSize(kind byte, v []byte) (size int, ok bool) {
	prefixed := func(extra, least int64) (int, bool) {
		if len(v) < 4 {
			return 0, false
		}
		n := int64(binary.LittleEndian.Uint32(v))
		return int(n + extra), n >= least && n+extra <= int64(len(v))
	}
	fixed := func(n int) (int, bool) { return n, n <= len(v) }
	switch kind {
	case 0x06, 0x0a, 0x7f, 0xff: // undefined, null, max key, min key
		return fixed(0)
	case 0x08: // boolean
		return fixed(1)
	case 0x10: // int32
		return fixed(4)
	case 0x01, 0x09, 0x11, 0x12: // double, date, timestamp, int64
		return fixed(8)
	case 0x07: // object id
		return fixed(12)
	case 0x13: // decimal128
		return fixed(16)
	case 0x02, 0x0d, 0x0e: // string, code, symbol: length counts the final zero
		return prefixed(4, 1)
	case 0x03, 0x04, 0x0f: // document, array, code with scope: length counts itself
		return prefixed(0, 5)
	case 0x05: // binary: length, subtype, bytes
		return prefixed(5, 0)
	case 0x0c: // database pointer: string, object id
		return prefixed(16, 1)
	case 0x0b: // regular expression: two zero-terminated strings
		_, next, ok := cutCString(v, 0)
		if ok {
			_, next, ok = cutCString(v, next)
		}
		return next, ok
	}
	return 0, false
}

// capBatch lowers maxWriteBatchSize in a handshake reply, in place, so that drivers split bulk writes.
func capBatch(reply []byte, limit uint32) {
	key := []byte("\x10maxWriteBatchSize\x00")
	i := bytes.Index(reply, key)
	if i < 0 || i+len(key)+4 > len(reply) {
		return
	}
	value := reply[i+len(key):]
	if binary.LittleEndian.Uint32(value) > limit {
		binary.LittleEndian.PutUint32(value, limit)
	}
}
