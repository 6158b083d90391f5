package main

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	mongooptions "go.mongodb.org/mongo-driver/mongo/options"
	"go.mongodb.org/mongo-driver/mongo/writeconcern"
)

// TestMain lets the test binary be the engine, so that tests can start, kill and restart real processes.
func TestMain(m *testing.M) {
	if os.Getenv("PALATE_TEST_AS_ENGINE") == "1" {
		main()
	}
	os.Exit(m.Run())
}

type engine struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	client *mongo.Client
	uri    string
}

func engineCommand(dir string, args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], append([]string{"--dir", dir}, args...)...)
	cmd.Env = append(os.Environ(), "PALATE_TEST_AS_ENGINE=1")
	return cmd
}

func startEngine(t *testing.T, dir string, args ...string) *engine {
	t.Helper()
	cmd := engineCommand(dir, args...)
	cmd.Stderr = os.Stderr
	stdin, _ := cmd.StdinPipe()
	stdout, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	uri, ok := strings.CutPrefix(strings.TrimSpace(line), "ready ")
	if err != nil || !ok {
		t.Fatalf("the engine said %q, %v", line, err)
	}
	client, err := mongo.Connect(context.Background(), mongooptions.Client().ApplyURI(uri+"?directConnection=true&maxPoolSize=30"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Disconnect(context.Background()) })
	return &engine{cmd: cmd, stdin: stdin, client: client, uri: uri}
}

// idIndexes counts the collections in a database file, and those of them that have the keeper's index.
func idIndexes(t *testing.T, file string) (collections, indexed int) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+file+"?mode=ro&_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.QueryRow(`SELECT
		(SELECT count(*) FROM sqlite_master WHERE type = 'table' AND sql LIKE '%_ferretdb_sjson%' AND name NOT LIKE '\_ferretdb\_%' ESCAPE '\'),
		(SELECT count(*) FROM sqlite_master WHERE type = 'index' AND name LIKE '%\_idpath' ESCAPE '\')`).Scan(&collections, &indexed)
	if err != nil {
		t.Fatal(err)
	}
	return collections, indexed
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatal("never came true:", what)
}

func TestKeeperFollowsDropAndRecreate(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	db := startEngine(t, dir, "--index-interval", "20ms").client.Database("shop")
	file := filepath.Join(dir, "shop.sqlite")
	for round := range 20 {
		for _, name := range []string{"events", `odd name _ferretdb_sjson`} {
			if _, err := db.Collection(name).InsertOne(ctx, bson.D{{"_id", "a"}, {"round", round}}); err != nil {
				t.Fatal(err)
			}
		}
		eventually(t, "both collections are indexed", func() bool {
			collections, indexed := idIndexes(t, file)
			return collections == 2 && indexed == 2
		})
		n, err := db.Collection("events").CountDocuments(ctx, bson.D{})
		if err != nil || n != 1 {
			t.Fatalf("round %d: %d documents, %v", round, n, err)
		}
		if round%2 == 0 {
			err = db.Drop(ctx)
		} else {
			err = db.Collection("events").Drop(ctx)
			if err == nil {
				err = db.Collection(`odd name _ferretdb_sjson`).Drop(ctx)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Drop(ctx); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "shop.*")); len(left) > 0 {
		t.Error("a dropped database leaves", left)
	}
}

func TestDeletedBytesAreGoneAfterCompact(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	db := startEngine(t, dir).client.Database("shop")
	events := db.Collection("events")
	secret, large := "somebody-9c1f", strings.Repeat("somebody-9c1f ", 2000)
	for i := range 50 {
		document := bson.D{{"_id", fmt.Sprint(i)}, {"user", secret}, {"text", large}}
		if _, err := events.InsertOne(ctx, document); err != nil {
			t.Fatal(err)
		}
	}
	traces := func() (files []string) {
		all, _ := filepath.Glob(filepath.Join(dir, "*"))
		for _, name := range all {
			if content, err := os.ReadFile(name); err == nil && bytes.Contains(content, []byte(secret)) {
				files = append(files, filepath.Base(name))
			}
		}
		return files
	}
	if len(traces()) == 0 {
		t.Fatal("the search finds nothing even before the deletion")
	}
	for i := range 50 {
		var err error
		if i%2 == 0 {
			_, err = events.DeleteOne(ctx, bson.D{{"_id", fmt.Sprint(i)}})
		} else {
			_, err = events.ReplaceOne(ctx, bson.D{{"_id", fmt.Sprint(i)}}, bson.D{{"user", "other"}})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := db.RunCommand(ctx, bson.D{{"compact", "events"}}).Err(); err != nil {
		t.Fatal(err)
	}
	if left := traces(); len(left) > 0 {
		t.Error("deleted bytes are still in", left)
	}
}

func TestReadsByIDUseTheIndex(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	c := startEngine(t, dir, "--index-interval", "20ms").client.Database("shop").Collection("events")
	if _, err := c.InsertOne(ctx, bson.D{{"_id", "a"}}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the query plan seeks", func() bool {
		// SQLite notices a changed schema when it runs a query, not when it explains one.
		if err := c.FindOne(ctx, bson.D{{"_id", "a"}}).Err(); err != nil {
			t.Fatal(err)
		}
		var plan bson.M
		find := bson.D{{"find", "events"}, {"filter", bson.D{{"_id", "a"}}}}
		if err := c.Database().RunCommand(ctx, bson.D{{"explain", find}}).Decode(&plan); err != nil {
			t.Fatal(err)
		}
		return strings.Contains(fmt.Sprint(plan), "_idpath")
	})
}

func TestUpdatesAreAtomicAndLargeBulksDoNotHang(t *testing.T) {
	ctx := context.Background()
	c := startEngine(t, t.TempDir()).client.Database("shop").Collection("counters")
	if _, err := c.InsertOne(ctx, bson.D{{"_id", "n"}, {"n", 0}}); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 100 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if _, err := c.UpdateByID(ctx, "n", bson.D{{"$inc", bson.D{{"n", 1}}}}); err != nil {
				t.Error(err)
			}
		}()
	}
	wg.Wait()
	var bulk []mongo.WriteModel
	for range 300 {
		bulk = append(bulk, mongo.NewUpdateOneModel().SetFilter(bson.D{{"_id", "n"}}).SetUpdate(bson.D{{"$inc", bson.D{{"n", 1}}}}))
	}
	if _, err := c.BulkWrite(ctx, bulk); err != nil {
		t.Fatal(err)
	}
	var counter struct{ N int }
	if err := c.FindOne(ctx, bson.D{{"_id", "n"}}).Decode(&counter); err != nil || counter.N != 400 {
		t.Errorf("%d of 400 increments survived, %v", counter.N, err)
	}
}

func TestUnacknowledgedWritesDoNotConfuseTheConnection(t *testing.T) {
	ctx := context.Background()
	client := startEngine(t, t.TempDir()).client
	quiet := client.Database("shop").Collection("log", mongooptions.Collection().SetWriteConcern(writeconcern.Unacknowledged()))
	loud := client.Database("shop").Collection("log")
	for i := range 20 {
		id := fmt.Sprint(i)
		_, _ = quiet.InsertOne(ctx, bson.D{{"_id", id}})
		if _, err := loud.UpdateByID(ctx, "x", bson.D{{"$set", bson.D{{"i", i}}}}, mongooptions.Update().SetUpsert(true)); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "every unacknowledged write arrives", func() bool {
		n, err := loud.CountDocuments(ctx, bson.D{})
		return err == nil && n == 21
	})
}

func TestAcknowledgedWritesSurviveAKill(t *testing.T) {
	ctx, dir := context.Background(), filepath.Join(t.TempDir(), "odd [dir] 100% ?#"+strings.Repeat("long", 30))
	e := startEngine(t, dir)
	for i := range 50 {
		if _, err := e.client.Database("shop").Collection("events").InsertOne(ctx, bson.D{{"_id", fmt.Sprint(i)}}); err != nil {
			t.Fatal(err)
		}
	}
	_ = e.cmd.Process.Kill()
	_ = e.cmd.Wait()
	n, err := startEngine(t, dir).client.Database("shop").Collection("events").CountDocuments(ctx, bson.D{})
	if err != nil || n != 50 {
		t.Errorf("%d of 50 documents are left, %v", n, err)
	}
}

func TestSecondServerOnADirectoryIsRefused(t *testing.T) {
	dir := t.TempDir()
	first := startEngine(t, dir)
	output, err := engineCommand(dir).CombinedOutput()
	var exit *exec.ExitError
	if e, ok := err.(*exec.ExitError); ok {
		exit = e
	}
	if exit == nil || exit.ExitCode() != exitDirInUse || !strings.Contains(string(output), fmt.Sprint("process ", first.cmd.Process.Pid)) {
		t.Errorf("%v: %s", err, output)
	}
	if err := first.client.Ping(context.Background(), nil); err != nil {
		t.Error("the first server suffered:", err)
	}
}

func TestTakenPortIsRefused(t *testing.T) {
	first := startEngine(t, t.TempDir())
	address := strings.TrimSuffix(strings.TrimPrefix(first.uri, "mongodb://"), "/")
	output, err := engineCommand(t.TempDir(), "--listen", address).CombinedOutput()
	if e, ok := err.(*exec.ExitError); !ok || e.ExitCode() != exitAddrInUse {
		t.Errorf("%v: %s", err, output)
	}
}

func TestStopsCleanly(t *testing.T) {
	for name, stop := range map[string]func(*engine){
		"SIGTERM":               func(e *engine) { _ = e.cmd.Process.Signal(syscall.SIGTERM) },
		"SIGINT":                func(e *engine) { _ = e.cmd.Process.Signal(syscall.SIGINT) },
		"end of standard input": func(e *engine) { e.stdin.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			e := startEngine(t, t.TempDir(), "--exit-with-stdin")
			if err := e.client.Ping(context.Background(), nil); err != nil {
				t.Fatal(err)
			}
			stop(e)
			if err := e.cmd.Wait(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSocketFileIsForItsOwnerAlone(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	folder, err := os.MkdirTemp("", "palate-engine-test-") // Go's driver asks for the path in small letters
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(folder)
	socket := filepath.Join(folder, "engine.sock")
	for range 2 { // The second finds what the first left when it was killed.
		e := startEngine(t, dir, "--listen", "unix:"+socket)
		if _, err := e.client.Database("shop").Collection("events").InsertOne(ctx, bson.D{}); err != nil {
			t.Fatal(err)
		}
		_ = e.cmd.Process.Kill()
		_ = e.cmd.Wait()
	}
	all, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, file := range append(all, socket) {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v, %v", file, info.Mode(), err)
		}
	}
}
