package main

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the database/sql driver, the same version that FerretDB uses
)

// keeper gives every collection an index on _id that FerretDB's own queries can use.
//
// FerretDB indexes the expression _ferretdb_sjson->"_id" but asks for _ferretdb_sjson->'$._id'. SQLite
// matches index expressions by their text, so without the keeper every read by _id scans the table.
// It looks again at intervals: a new collection is small until then, so a late index costs nothing.
type keeper struct {
	dir    string
	logger *slog.Logger

	mu    sync.Mutex // held while the keeper touches a database file
	files map[string]*keptFile
}

// keptFile is one database file that the keeper has open.
type keptFile struct {
	info   os.FileInfo
	db     *sql.DB
	schema int64  // SQLite's schema version when every table had its index; 0 before
	failed string // the last error that was logged, so that it is logged once
}

// missingIndexes lists the collection tables that lack the index. FerretDB's own tables start with
// "_ferretdb_".
const missingIndexes = `
	SELECT t.name FROM sqlite_master t
	WHERE t.type = 'table' AND t.sql LIKE '%\_ferretdb\_sjson%' ESCAPE '\' AND t.name NOT LIKE '\_ferretdb\_%' ESCAPE '\'
	AND NOT EXISTS (SELECT 1 FROM sqlite_master i WHERE i.type = 'index' AND i.tbl_name = t.name AND i.name = t.name || '_idpath')`

func newKeeper(dir string, logger *slog.Logger) *keeper {
	return &keeper{dir: dir, logger: logger, files: map[string]*keptFile{}}
}

// run keeps the indexes until ctx ends.
func (k *keeper) run(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	defer k.close()
	for {
		k.pass(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// pass looks at every database file once.
func (k *keeper) pass(ctx context.Context) {
	entries, err := os.ReadDir(k.dir)
	if err != nil {
		k.logger.ErrorContext(ctx, "index keeper cannot list the data directory", "error", err)
		return
	}
	present := map[string]bool{}
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasSuffix(name, ".sqlite") {
			continue
		}
		present[name] = true
		k.keep(ctx, name)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for name := range k.files {
		if !present[name] {
			k.forget(name)
		}
	}
}

// keep looks at one database file.
func (k *keeper) keep(ctx context.Context, name string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	file, err := k.open(name)
	if err != nil || file == nil {
		return
	}
	err = file.index(ctx)
	switch {
	case err == nil || ctx.Err() != nil:
		file.failed = ""
	case file.failed != err.Error():
		// A collection dropped in the middle fails once and is gone at the next look.
		file.failed = err.Error()
		k.logger.WarnContext(ctx, "index keeper", "file", name, "error", err)
	}
}

// release closes the keeper's handle of a database and keeps the keeper away from all files until resume
// is called. A database must be dropped under it: SQLite finds a database's write-ahead log and its shared
// index by name, so a handle of the deleted file could write into those of a new database of that name.
func (k *keeper) release(database string) (resume func()) {
	k.mu.Lock()
	k.forget(database + ".sqlite")
	return k.mu.Unlock
}

// truncateLog empties the write-ahead log of a database, which may hold old states of what was changed or
// deleted since. Readers in the middle of something keep it from that; it tries for some seconds.
func (k *keeper) truncateLog(ctx context.Context, database string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for range 50 {
		file, err := k.open(database + ".sqlite")
		if err != nil || file == nil {
			return
		}
		var busy, pages, moved int64
		err = file.db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved)
		if err == nil && busy == 0 {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(100 * time.Millisecond):
		}
	}
	k.logger.WarnContext(ctx, "the write-ahead log could not be emptied", "database", database)
}

func (k *keeper) forget(name string) {
	if file := k.files[name]; file != nil {
		file.db.Close()
		delete(k.files, name)
	}
}

// open returns the handle of a database file, a new one when the file is not the same as before, or nil
// when it has just gone.
func (k *keeper) open(name string) (*keptFile, error) {
	path := filepath.Join(k.dir, name)
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil
	}
	if file := k.files[name]; file != nil {
		if os.SameFile(file.info, info) {
			return file, nil
		}
		k.forget(name)
	}
	// mode=rw: never bring back a file that was deleted since.
	db, err := sql.Open("sqlite", "file:"+path+"?mode=rw&_pragma=busy_timeout(10000)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	file := &keptFile{info: info, db: db}
	k.files[name] = file
	return file, nil
}

func (k *keeper) close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for name := range k.files {
		k.forget(name)
	}
}

// index creates the indexes that are missing in one file. When the schema has not changed since the
// last time it costs one read of the file's header.
func (f *keptFile) index(ctx context.Context) error {
	var schema int64
	if err := f.db.QueryRowContext(ctx, "PRAGMA schema_version").Scan(&schema); err != nil {
		return err
	}
	if schema == f.schema {
		return nil
	}
	tables, err := f.missing(ctx)
	if err != nil {
		return err
	}
	for _, table := range tables {
		quoted := strings.ReplaceAll(table, `"`, `""`)
		statement := fmt.Sprintf(`CREATE INDEX IF NOT EXISTS "%s_idpath" ON "%s" (_ferretdb_sjson->'$._id')`, quoted, quoted)
		if _, err := f.db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	if len(tables) == 0 {
		f.schema = schema
	}
	return nil
}

func (f *keptFile) missing(ctx context.Context) ([]string, error) {
	rows, err := f.db.QueryContext(ctx, missingIndexes)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}
