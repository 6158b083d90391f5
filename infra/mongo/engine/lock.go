package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// lockFile is the name of the lock in the data directory; it holds the owner's process id for people.
const lockFile = "engine.lock"

// errDirInUse says that another server has the data directory.
var errDirInUse = errors.New("data directory is in use")

// lockDirectory takes the lock at path, or fails at once with errDirInUse. Two servers on one directory
// would each be blind to the collections the other creates. The operating system frees the lock when
// the process ends, however it ends, so a stale file is harmless. Closing the file frees it too.
func lockDirectory(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer f.Close()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("cannot lock %s: %w", path, err)
		}
		owner, _ := io.ReadAll(io.LimitReader(f, 32))
		return nil, fmt.Errorf("%w by process %s", errDirInUse, strings.TrimSpace(string(owner)))
	}
	if err := f.Truncate(0); err != nil {
		f.Close()
		return nil, err
	}
	if _, err := f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
