package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"go.mongodb.org/mongo-driver/bson"
)

// message builds a wire message with the given flags and a body section, after raw sections if there are any.
func message(t *testing.T, flags uint32, body any, before ...[]byte) []byte {
	t.Helper()
	document, err := bson.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	m := binary.LittleEndian.AppendUint32(make([]byte, 12), opMsg)
	m = binary.LittleEndian.AppendUint32(m, flags)
	for _, section := range before {
		m = append(m, section...)
	}
	m = append(append(m, sectionBody), document...)
	binary.LittleEndian.PutUint32(m, uint32(len(m)))
	return m
}

func TestReadMessageTakesBytesAsTheyCome(t *testing.T) {
	want := message(t, 0, bson.D{{"ping", 1}, {"$db", "admin"}})
	got, err := readMessage(iotest.OneByteReader(bytes.NewReader(append(want, want...))))
	if err != nil || !bytes.Equal(got, want) {
		t.Fatalf("got %x, %v", got, err)
	}
}

func TestReadMessageReportsEveryCut(t *testing.T) {
	m := message(t, 0, bson.D{{"ping", 1}, {"$db", "admin"}})
	for n := range m {
		_, err := readMessage(bytes.NewReader(m[:n]))
		if want := map[bool]error{true: io.EOF, false: io.ErrUnexpectedEOF}[n == 0]; !errors.Is(err, want) {
			t.Errorf("cut after %d bytes: %v", n, err)
		}
	}
}

func TestReadMessageRefusesHostileSizesBeforeAllocating(t *testing.T) {
	for _, size := range []uint32{0, 15, maxMessageSize + 1, 0x7fffffff, 0x80000000, 0xffffffff} {
		head := make([]byte, headerSize)
		binary.LittleEndian.PutUint32(head, size)
		rest := &countingReader{}
		if _, err := readMessage(io.MultiReader(bytes.NewReader(head), rest)); !errors.Is(err, errMessage) {
			t.Errorf("size %d: %v", size, err)
		}
		if rest.n != 0 {
			t.Errorf("size %d: %d bytes were read after the header", size, rest.n)
		}
	}
}

func TestReadMessageAllocatesWhatArrives(t *testing.T) {
	head := make([]byte, headerSize)
	binary.LittleEndian.PutUint32(head, maxMessageSize)
	claim := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = readMessage(bytes.NewReader(head))
		}
	})
	if claim.AllocedBytesPerOp() > 1<<20 {
		t.Errorf("a header that only claims 48 MB costs %d bytes", claim.AllocedBytesPerOp())
	}
}

// countingReader is an endless reader that counts what is taken from it.
type countingReader struct{ n int }

func (r *countingReader) Read(p []byte) (int, error) { r.n += len(p); return len(p), nil }

func TestParseRequest(t *testing.T) {
	sequence := append([]byte{1, 21, 0, 0, 0}, append([]byte("updates\x00"), 5+4, 0, 0, 0, 0x0a, 'x', 0, 0, 0)...)
	binary.LittleEndian.PutUint32(sequence[1:], uint32(len(sequence)-1))
	update := bson.D{{"update", "events"}, {"ordered", true}, {"$db", "shop"}}
	for name, test := range map[string]struct {
		message []byte
		want    command
	}{
		"body first":           {message(t, 0, update), command{"update", "shop", true}},
		"sequence before body": {message(t, 0, update, sequence), command{"update", "shop", true}},
		"unacknowledged":       {message(t, flagMoreToCome, update), command{"update", "shop", false}},
		"no database":          {message(t, 0, bson.D{{"ping", 1}}), command{"ping", "", true}},
	} {
		got, err := parseRequest(test.message)
		if err != nil || got != test.want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestParseRequestRefusesWhatTheServerCannotAnswer(t *testing.T) {
	valid := message(t, 0, bson.D{{"ping", 1}, {"$db", "admin"}})
	for _, op := range []uint32{1, 2001, 2002, 2005, 2012, 0, 0xffffffff} {
		m := bytes.Clone(valid)
		binary.LittleEndian.PutUint32(m[12:], op)
		if _, err := parseRequest(m); !errors.Is(err, errMessage) {
			t.Errorf("opcode %d: %v", op, err)
		}
	}
	// A message cut anywhere, with a header that agrees, must give an error or a command, and never a panic.
	for n := headerSize; n < len(valid); n++ {
		m := bytes.Clone(valid[:n])
		binary.LittleEndian.PutUint32(m, uint32(n))
		if _, err := parseRequest(m); err == nil {
			t.Errorf("cut to %d bytes: no error", n)
		}
	}
}

func TestDocumentKeysPassesOverEveryType(t *testing.T) {
	odd := bson.D{
		{"find", "x"}, {"double", 1.5}, {"document", bson.D{{"$db", "wrong"}}}, {"array", bson.A{1, "a"}},
		{"binary", []byte{1, 2}}, {"bool", true}, {"null", nil},
	}
	raw, err := bson.Marshal(odd)
	if err != nil {
		t.Fatal(err)
	}
	// The types that the encoder makes awkward, written out.
	extra := []byte("\x06undefined\x00" + "\xffmin\x00" + "\x7fmax\x00" +
		"\x07oid\x00ABCDEFGHIJKL" + "\x09date\x0012345678" + "\x11time\x0012345678" + "\x12long\x0012345678" + "\x10int\x001234" +
		"\x130decimal\x001234567890123456" + "\x0bregex\x00a$db\x00i\x00" +
		"\x0dcode\x00\x02\x00\x00\x00a\x00" + "\x0esymbol\x00\x02\x00\x00\x00a\x00" +
		"\x0cpointer\x00\x02\x00\x00\x00a\x00ABCDEFGHIJKL" +
		"\x0fscope\x00\x10\x00\x00\x00\x03\x00\x00\x00ab\x00\x05\x00\x00\x00\x00" +
		"\x02$db\x00\x05\x00\x00\x00shop\x00\x00")
	document := append(raw[:len(raw)-1], extra...)
	first, database := documentKeys(document)
	if first != "find" || database != "shop" {
		t.Errorf("first key %q, database %q", first, database)
	}
}

func TestDocumentKeysSurvivesNonsense(t *testing.T) {
	raw, err := bson.Marshal(bson.D{{"update", "x"}, {"text", "some text"}, {"blob", []byte{1, 2, 3}}, {"$db", "shop"}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw {
		for _, b := range []byte{0, 1, 0x02, 0x05, 0x0b, 0x42, 0x7f, 0x80, 0xff} {
			broken := bytes.Clone(raw)
			broken[i] = b
			documentKeys(broken)
			documentKeys(broken[:i])
		}
	}
}

func FuzzParseRequest(f *testing.F) {
	document, _ := bson.Marshal(bson.D{{"update", "x"}, {"$db", "shop"}})
	f.Add(append(append(make([]byte, 20), 0), document...))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) < headerSize {
			return
		}
		binary.LittleEndian.PutUint32(b[12:], opMsg)
		_, _ = parseRequest(b)
	})
}

func TestCapBatch(t *testing.T) {
	limits := func(n int32) bson.D {
		return bson.D{{"maxBsonObjectSize", int32(7)}, {"maxWriteBatchSize", n}, {"ok", 1.0}}
	}
	for _, test := range []struct{ has, want int32 }{{100_000, 50}, {51, 50}, {50, 50}, {10, 10}} {
		got := message(t, 0, limits(test.has))
		capBatch(got, 50)
		if !bytes.Equal(got, message(t, 0, limits(test.want))) {
			t.Errorf("%d was not changed to %d, or something else was", test.has, test.want)
		}
	}
	for _, reply := range [][]byte{nil, []byte("\x10maxWriteBatchSize\x00"), []byte("\x10maxWriteBatchSize\x00\xff\xff\xff")} {
		before := bytes.Clone(reply)
		capBatch(reply, 50)
		if !bytes.Equal(reply, before) {
			t.Errorf("%q was changed", before)
		}
	}
}
