// Command palate-engine is a small MongoDB-compatible server that keeps its data in SQLite files.
//
// It is FerretDB v1, used as a library, behind three pieces of our own that make it fit for Palate:
// a command gate (gate.go) that makes updates atomic, an index keeper (keeper.go) that makes reads by
// _id a seek instead of a scan, and a directory lock (lock.go) that keeps a second server out.
//
// It prints one line, "ready mongodb://HOST:PORT/" (or the path of a socket, escaped), when it accepts clients, and "stopped" after a
// clean stop (SIGTERM, SIGINT, or the end of standard input with --exit-with-stdin).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"
)

// dataFormat is the version of what is in the data directory; a change of layout must raise it.
const dataFormat = "sqlite-1"

// Exit codes, part of the command's contract with its launcher.
const (
	exitOK          = 0
	exitFailure     = 1
	exitUsage       = 2
	exitDirInUse    = 3
	exitAddrInUse   = 4
	defaultInterval = 100 * time.Millisecond
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run parses the command line, serves until it is told to stop and returns the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("palate-engine", flag.ContinueOnError)
	flags.SetOutput(stderr)
	dir := flags.String("dir", "", "data `directory`; created when missing (required)")
	listen := flags.String("listen", "127.0.0.1:0", "TCP `address` to serve on; port 0 picks a free one; unix:PATH serves on a socket file that this user alone may use. There is no authentication: keep a TCP address on the loopback")
	sqliteParams := flags.String("sqlite-params", "", "extra SQLite URI `parameters`, such as _pragma=synchronous(normal); the default fsyncs every commit")
	indexEvery := flags.Duration("index-interval", defaultInterval, "how often to look for collections that lack their _id index; 0 turns the keeper off")
	withStdin := flags.Bool("exit-with-stdin", false, "stop when standard input ends, so that the server dies with the process that holds the other end")
	verbose := flags.Bool("verbose", false, "log at info level")
	version := flags.Bool("version", false, "print name, version and data format, and exit")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return exitOK
		}
		return exitUsage
	}
	if *version {
		fmt.Fprintf(stdout, "ferretdb %s format %s\n", ferretVersion(), dataFormat)
		return exitOK
	}
	if *dir == "" || flags.NArg() > 0 {
		fmt.Fprintln(stderr, "palate-engine: --dir is required and takes the data directory; there are no positional arguments")
		return exitUsage
	}

	level := slog.LevelError
	if *verbose {
		level = slog.LevelInfo
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if *withStdin {
		go func() {
			_, _ = io.Copy(io.Discard, stdin)
			stop()
		}()
	}
	err := serve(ctx, options{
		dir:           *dir,
		listen:        *listen,
		sqliteParams:  *sqliteParams,
		indexInterval: *indexEvery,
		logger:        slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: level})),
		ready:         func(uri string) { fmt.Fprintln(stdout, "ready", uri) },
	})
	switch {
	case err == nil:
		fmt.Fprintln(stdout, "stopped")
		return exitOK
	case errors.Is(err, errDirInUse):
		fmt.Fprintln(stderr, "palate-engine:", err)
		return exitDirInUse
	case errors.Is(err, syscall.EADDRINUSE):
		fmt.Fprintln(stderr, "palate-engine:", err)
		return exitAddrInUse
	default:
		fmt.Fprintln(stderr, "palate-engine:", err)
		return exitFailure
	}
}

// ferretVersion is the version of FerretDB that was linked in, such as "1.24.2".
func ferretVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, dep := range info.Deps {
		if dep.Path == "github.com/FerretDB/FerretDB" {
			return strings.TrimPrefix(dep.Version, "v")
		}
	}
	return "unknown"
}
