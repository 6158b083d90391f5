package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/bson"
)

// testGate starts a gate in front of a server that handles each connection with handle, and returns a
// function that connects a client to it.
func testGate(t *testing.T, handle func(server net.Conn)) (dial func() net.Conn, stop context.CancelFunc) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{backend: func() (net.Conn, error) {
		near, far := net.Pipe()
		go func() { defer far.Close(); handle(far) }()
		return near, nil
	}}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	go g.serve(ctx, listener)
	return func() net.Conn {
		c, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		_ = c.SetDeadline(time.Now().Add(10 * time.Second))
		return c
	}, cancel
}

// echo answers every message with itself.
func echo(server net.Conn) {
	r := bufio.NewReader(server)
	for {
		m, err := readMessage(r)
		if err != nil {
			return
		}
		if _, err := server.Write(m); err != nil {
			return
		}
	}
}

func closedByPeer(c net.Conn) bool {
	_, err := io.ReadAll(c)
	var timeout net.Error
	return !(errors.As(err, &timeout) && timeout.Timeout())
}

func TestGateForwardsMessagesCutAnywhere(t *testing.T) {
	dial, _ := testGate(t, echo)
	m := message(t, 0, bson.D{{"find", "x"}, {"$db", "shop"}})
	for cut := 1; cut < len(m); cut += 7 {
		c := dial()
		for _, part := range [][]byte{m[:cut], m[cut:]} {
			if _, err := c.Write(part); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Millisecond)
		}
		got, err := readMessage(c)
		if err != nil || string(got) != string(m) {
			t.Fatalf("cut after %d bytes: %v", cut, err)
		}
		c.Close()
	}
}

func TestGateClosesOnHostileInputAndKeepsServing(t *testing.T) {
	dial, _ := testGate(t, echo)
	for _, bad := range []string{
		"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"\xff\xff\xff\xff aaaaaaaaaaaa",
		"\x00\x00\x00\x00 aaaaaaaaaaaa",
		"\x10\x00\x00\x00aaaaaaaa\xdc\x07\x00\x00", // a compressed message
		"\x10\x00\x00\x00aaaaaaaa\xdd\x07\x00\x00", // a message with no flags
	} {
		c := dial()
		if _, err := c.Write([]byte(bad)); err != nil {
			t.Fatal(err)
		}
		if !closedByPeer(c) {
			t.Errorf("%q: the connection stays open", bad)
		}
	}
	c, m := dial(), message(t, 0, bson.D{{"ping", 1}, {"$db", "admin"}})
	if _, err := c.Write(m); err != nil {
		t.Fatal(err)
	}
	if _, err := readMessage(c); err != nil {
		t.Error("no service after hostile clients:", err)
	}
}

func TestGateClosesTheClientWhenTheServerStopsInTheMiddle(t *testing.T) {
	dial, _ := testGate(t, func(server net.Conn) {
		m, err := readMessage(server)
		if err == nil {
			_, _ = server.Write(m[:len(m)/2])
		}
	})
	c := dial()
	if _, err := c.Write(message(t, 0, bson.D{{"ping", 1}, {"$db", "admin"}})); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(c); err != nil || len(got) != 0 {
		t.Errorf("the client got %d bytes of a broken reply, %v", len(got), err)
	}
}

func TestGateFreesTheLockOfAServerThatStops(t *testing.T) {
	var connections atomic.Int32
	dial, _ := testGate(t, func(server net.Conn) {
		if connections.Add(1) == 1 {
			_, _ = readMessage(server)
			return // the first connection ends in the middle of its update
		}
		echo(server)
	})
	update := message(t, 0, bson.D{{"update", "x"}, {"$db", "shop"}})
	first := dial()
	if _, err := first.Write(update); err != nil {
		t.Fatal(err)
	}
	closedByPeer(first)
	second := dial()
	if _, err := second.Write(update); err != nil {
		t.Fatal(err)
	}
	if _, err := readMessage(second); err != nil {
		t.Error("the database stays locked:", err)
	}
}

func TestGateRunsOneUpdateOfADatabaseAtATime(t *testing.T) {
	var running, most atomic.Int32
	dial, _ := testGate(t, func(server net.Conn) {
		for {
			m, err := readMessage(server)
			if err != nil {
				return
			}
			now := running.Add(1)
			for old := most.Load(); now > old && !most.CompareAndSwap(old, now); old = most.Load() {
			}
			time.Sleep(time.Millisecond)
			running.Add(-1)
			if _, err := server.Write(m); err != nil {
				return
			}
		}
	})
	send := func(name string) int32 {
		most.Store(0)
		done := make(chan error, 8)
		for range 8 {
			c := dial()
			go func() {
				for range 10 {
					_, err := c.Write(message(t, 0, bson.D{{name, "x"}, {"$db", "shop"}}))
					if err == nil {
						_, err = readMessage(c)
					}
					if err != nil {
						done <- err
						return
					}
				}
				done <- nil
			}()
		}
		for range 8 {
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
		return most.Load()
	}
	for _, name := range []string{"update", "findAndModify", "findandmodify"} {
		if n := send(name); n != 1 {
			t.Errorf("%d %s commands ran at a time", n, name)
		}
	}
	if n := send("find"); n < 2 {
		t.Error("reads wait for one another")
	}
}

func TestGateSwallowsTheReplyToAnUnacknowledgedWrite(t *testing.T) {
	dial, _ := testGate(t, echo)
	c := dial()
	quiet := message(t, flagMoreToCome, bson.D{{"update", "x"}, {"$db", "shop"}})
	asked := message(t, 0, bson.D{{"ping", 1}, {"$db", "admin"}})
	if _, err := c.Write(append(quiet, asked...)); err != nil {
		t.Fatal(err)
	}
	got, err := readMessage(c)
	if err != nil || string(got) != string(asked) {
		t.Errorf("the client got the wrong reply: %q, %v", got, err)
	}
}

func TestGateClosesEverythingAtTheEnd(t *testing.T) {
	dial, stop := testGate(t, echo)
	idle := dial()
	half := dial()
	if _, err := half.Write([]byte{100, 0, 0, 0}); err != nil {
		t.Fatal(err)
	}
	stop()
	if !closedByPeer(idle) || !closedByPeer(half) {
		t.Error("a client is left connected")
	}
}
