package main

import (
	"bufio"
	"context"
	"hash/maphash"
	"net"
	"sync"
	"time"
)

// batchLimit is the most writes a client may put into one command. FerretDB keeps a database connection
// for every statement of an update command until the command ends; with a pool of 100, a larger batch, or
// parallel ones, starve one another for good.
const batchLimit = 50

// gate forwards wire messages between clients and the server, and lets at most one command that changes
// documents in place run at a time in each database.
type gate struct {
	// backend opens a connection to the server; each client gets its own.
	backend func() (net.Conn, error)
	// locks are shared out to databases by hash: bounded, however many names clients make up. Two
	// databases that share one only wait for each other.
	locks [256]sync.Mutex
	// beforeDrop, if set, is called before a database is dropped; what it returns, afterwards.
	beforeDrop func(database string) (afterDrop func())
	// compacted, if set, is called after a collection of a database was compacted, before the client hears of it.
	compacted func(database string)
}

var lockSeed = maphash.MakeSeed()

func (g *gate) lockFor(database string) *sync.Mutex {
	return &g.locks[maphash.String(lockSeed, database)%uint64(len(g.locks))]
}

// serve accepts clients until ctx ends, and then closes the listener and every connection.
func (g *gate) serve(ctx context.Context, l net.Listener) {
	defer context.AfterFunc(ctx, func() { l.Close() })()
	for {
		client, err := l.Accept()
		if err == nil {
			go g.forward(ctx, client)
			continue
		}
		if ctx.Err() != nil {
			return
		}
		// Out of file descriptors, or a client that left at once: neither may end the service.
		time.Sleep(10 * time.Millisecond)
	}
}

// forward serves one client until either side ends, sends something unreadable, or ctx ends.
func (g *gate) forward(ctx context.Context, client net.Conn) {
	defer client.Close()
	server, err := g.backend()
	if err != nil {
		return
	}
	defer server.Close()
	defer context.AfterFunc(ctx, func() { client.Close(); server.Close() })()

	fromClient, fromServer := bufio.NewReaderSize(client, 64<<10), bufio.NewReaderSize(server, 64<<10)
	for {
		request, err := readMessage(fromClient)
		if err != nil {
			return
		}
		cmd, err := parseRequest(request)
		if err != nil {
			return
		}
		reply, err := g.exchange(cmd, request, server, fromServer)
		if err != nil {
			return
		}
		if cmd.isHandshake() {
			capBatch(reply, batchLimit)
		}
		// FerretDB answers unacknowledged writes as well, and the client does not expect that.
		if cmd.wantsReply {
			if _, err := client.Write(reply); err != nil {
				return
			}
		}
	}
}

// exchange sends one request to the server and reads its reply, alone in its database where it must be.
// The client is not involved, so a slow client never holds a lock.
func (g *gate) exchange(cmd command, request []byte, server net.Conn, fromServer *bufio.Reader) ([]byte, error) {
	if cmd.changesInPlace() {
		m := g.lockFor(cmd.database)
		m.Lock()
		defer m.Unlock()
	}
	if cmd.name == "dropDatabase" && g.beforeDrop != nil {
		defer g.beforeDrop(cmd.database)()
	}
	if _, err := server.Write(request); err != nil {
		return nil, err
	}
	reply, err := readMessage(fromServer)
	if err == nil && cmd.name == "compact" && g.compacted != nil {
		g.compacted(cmd.database)
	}
	return reply, err
}
