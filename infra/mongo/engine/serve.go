package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/FerretDB/FerretDB/build/version"
	"github.com/FerretDB/FerretDB/ferretdb"
)

// options is what serve needs; main.go documents each on the command line.
type options struct {
	dir           string
	listen        string // a TCP address, or "unix:" and the path of a socket file
	sqliteParams  string
	indexInterval time.Duration
	logger        *slog.Logger
	ready         func(uri string) // called once, when clients can connect
}

// serve runs the whole server until ctx ends: lock, FerretDB on a private socket, keeper, gate.
//
// It changes the process's working directory to the data directory and uses relative paths from there:
// FerretDB and SQLite take paths as URIs and patterns, which would misread "?", "#", "%" or "[" in a
// directory's name, and a Unix socket's path is limited to about 104 bytes.
func serve(ctx context.Context, o options) error {
	// What it makes is its owner's alone: databases, logs, locks and sockets.
	syscall.Umask(0o077)
	if err := os.MkdirAll(o.dir, 0o700); err != nil {
		return err
	}
	if err := os.Chdir(o.dir); err != nil {
		return err
	}
	lock, err := lockDirectory(lockFile)
	if err != nil {
		return fmt.Errorf("%s: %w", o.dir, err)
	}
	defer lock.Close()

	listener, uri, err := listenAt(o.listen)
	if err != nil {
		return err
	}
	defer listener.Close()

	socket, removeSocket, err := privateSocket()
	if err != nil {
		return err
	}
	defer removeSocket()

	// What is deleted is overwritten with zeros: a user's data must not outlive its deletion in free pages.
	sqliteURL := "file:./?_pragma=secure_delete(1)"
	if o.sqliteParams != "" {
		sqliteURL += "&" + o.sqliteParams
	}
	version.Get().Version = "v" + ferretVersion() // it cannot tell by itself when it is a library
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{Unix: socket},
		Handler:   "sqlite",
		SQLiteURL: sqliteURL,
		Logger:    o.logger,
	})
	if err != nil {
		return err
	}

	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	keeper := newKeeper(".", o.logger)
	keeperDone := make(chan struct{})
	go func() {
		defer close(keeperDone)
		if o.indexInterval > 0 {
			keeper.run(ctx, o.indexInterval)
		}
	}()
	serverDone := make(chan error, 1)
	go func() { serverDone <- server.Run(ctx) }()

	g := &gate{
		backend:    func() (net.Conn, error) { return net.Dial("unix", socket) },
		beforeDrop: keeper.release,
		compacted:  func(database string) { keeper.truncateLog(ctx, database) },
	}
	go g.serve(ctx, listener)
	o.ready(uri)

	err = <-serverDone
	cancel()
	<-keeperDone
	return err
}

// unixPrefix marks an address to listen on as the path of a socket file.
const unixPrefix = "unix:"

// listenAt listens for clients at a TCP address, or at a socket file that its owner alone may use, and
// returns the connection string for it.
func listenAt(address string) (net.Listener, string, error) {
	path, isSocket := strings.CutPrefix(address, unixPrefix)
	if !isSocket {
		listener, err := net.Listen("tcp", address)
		if err != nil {
			return nil, "", err
		}
		return listener, fmt.Sprintf("mongodb://%s/", listener.Addr()), nil
	}
	// Left by a killed server; the directory lock says that nobody uses it.
	_ = os.Remove(path)
	listener, err := net.Listen("unix", path)
	if err != nil {
		return nil, "", err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		listener.Close()
		return nil, "", err
	}
	return listener, fmt.Sprintf("mongodb://%s/", url.QueryEscape(path)), nil
}

// privateSocket chooses where FerretDB listens for the gate: a file in the working directory, or in a
// temporary directory when the file system there has no sockets (some container mounts).
func privateSocket() (path string, remove func(), err error) {
	path = "engine.sock"
	_ = os.Remove(path) // left by a killed server; the directory lock says nobody uses it
	probe, err := net.Listen("unix", path)
	if err == nil {
		return path, func() { _ = os.Remove(path) }, probe.Close()
	}
	dir, err := os.MkdirTemp("", "palate-engine-")
	if err != nil {
		return "", nil, err
	}
	return filepath.Join(dir, "engine.sock"), func() { _ = os.RemoveAll(dir) }, nil
}
