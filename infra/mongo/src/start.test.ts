import { MongoClient } from "mongodb";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildEmbedded } from "./build-embedded.js";
import { MongoLauncherError } from "./errors.js";
import { type MongoOptions, resolveOptions } from "./options.js";
import { startMongo, type RunningMongo } from "./start.js";

/** The embedded engine, built once; stands in for mongod behind a script where a test needs a mongod. */
let engineBinary: string;
let folder: string;
let running: RunningMongo[];

beforeAll(async () => {
  engineBinary = await buildEmbedded("go", resolveOptions({}));
}, 600_000);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "palate-mongo-"));
  running = [];
});

afterEach(async () => {
  await Promise.all(running.map((mongo) => mongo.stop()));
  await rm(folder, { recursive: true, force: true });
});

/** Options under which nothing on this machine is found unless a test puts it there. */
function isolated(options: MongoOptions = {}): MongoOptions {
  return {
    dataDir: join(folder, "data"),
    cacheDir: join(folder, "cache"),
    env: { ...process.env, PATH: join(folder, "bin") },
    download: { mirror: "http://127.0.0.1:9" },
    probe: false,
    ...options,
  };
}

async function start(options: MongoOptions): Promise<RunningMongo> {
  const mongo = await startMongo(options);
  running.push(mongo);
  return mongo;
}

async function failure(options: MongoOptions): Promise<MongoLauncherError> {
  const error: unknown = await start(options).then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(MongoLauncherError);
  return error as MongoLauncherError;
}

/** Writes an executable script that answers and obeys like mongod, with the embedded engine inside. */
async function fakeMongod(path: string, version = "8.0.4"): Promise<string> {
  const script = `#!/bin/sh
if [ "$1" = --version ]; then echo "db version v${version}"; exit 0; fi
while [ $# -gt 0 ]; do
  case "$1" in --dbpath) dir=$2;; --port) port=$2;; esac
  shift
done
exec "${engineBinary}" --dir "$dir" --listen "127.0.0.1:$port"
`;
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, script);
  await chmod(path, 0o755);
  return path;
}

async function answers(uri: string): Promise<boolean> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: 1000 });
  try {
    await client.db("admin").command({ ping: 1 });
    return true;
  } catch {
    return false;
  } finally {
    await client.close();
  }
}

const record = async () => JSON.parse(await readFile(join(folder, "data", "engine.json"), "utf8")) as unknown;

describe("the resolution chain", () => {
  it("says what was tried, in order, and what to do, when there is no engine", async () => {
    const error = await failure(isolated());
    expect(error.code).toBe("no_engine");
    expect(error.attempts.map((a) => a.step)).toEqual(["uri", "system-mongod", "downloaded-mongod", "embedded"]);
    expect(error.message).toContain("1. uri: no URI was given");
    expect(error.message).toContain("set MONGODB_URI");
    expect(error.message).toContain("no mongod on the PATH");
    expect(error.message).toContain("127.0.0.1:9 gave no checksum");
    expect(error.message).toContain("there is no Go compiler on the PATH");
    expect(error.message).toContain("install Go 1.25 or newer");
    expect(await readdir(folder)).not.toContain("data");
  });

  it("tries only the allowed steps, in the given order", async () => {
    const error = await failure(isolated({ engines: ["embedded", "system-mongod"] }));
    expect(error.attempts.map((a) => a.step)).toEqual(["embedded", "system-mongod"]);
  });

  it("does not download when that is switched off", async () => {
    const error = await failure(isolated({ engines: ["downloaded-mongod"], download: { enabled: false } }));
    expect(error.message).toContain("downloads are switched off");
  });

  it("passes over a mongod that does not run", async () => {
    const broken = join(folder, "bin", "mongod");
    await mkdir(join(folder, "bin"));
    await writeFile(broken, "#!/bin/sh\necho 'missing library' >&2; exit 127\n", { mode: 0o755 });
    const mongo = await start(isolated({ embeddedBinary: engineBinary }));
    expect(mongo.engine).toBe("embedded");
    const error = await failure(isolated({ dataDir: join(folder, "other"), engines: ["system-mongod"] }));
    expect(error.message).toContain(`${broken} does not work`);
  });

  it("prefers a mongod on the PATH to the embedded engine", async () => {
    await fakeMongod(join(folder, "bin", "mongod"));
    // The script needs the shell's own commands only, so the PATH can stay empty otherwise.
    const mongo = await start(isolated({ embeddedBinary: engineBinary }));
    expect(mongo).toMatchObject({ engine: "system-mongod", kind: "mongod", version: "8.0.4" });
    expect(await answers(mongo.uri)).toBe(true);
    expect(await record()).toEqual({ engine: "mongod", version: "8.0.4", format: "wiredTiger" });
  });

  it("uses a given server, leaves it running, and fails at once when it does not answer", async () => {
    const own = await start(isolated({ embeddedBinary: engineBinary }));
    const given = await startMongo({ uri: own.uri, probe: false });
    expect(given).toMatchObject({ engine: "uri", kind: "external", version: "1.24.2", pid: undefined });
    await given.stop();
    expect(await answers(own.uri)).toBe(true);

    const uri = "mongodb://user:secret@127.0.0.1:9/?serverSelectionTimeoutMS=200";
    const error = await failure(isolated({ uri, embeddedBinary: engineBinary }));
    expect(error.code).toBe("unreachable");
    expect(error.message).not.toContain("secret");
  });
});

describe("a data directory", () => {
  it("keeps its engine when a preferred one appears", async () => {
    const first = await start(isolated({ embeddedBinary: engineBinary }));
    await first.stop();
    await fakeMongod(join(folder, "bin", "mongod"));
    const second = await start(isolated({ embeddedBinary: engineBinary }));
    expect(second.engine).toBe("embedded");
  });

  it("is refused by name when its engine is not allowed, or cannot be had", async () => {
    await (await start(isolated({ embeddedBinary: engineBinary }))).stop();
    await fakeMongod(join(folder, "bin", "mongod"));
    const notAllowed = await failure(isolated({ engines: ["system-mongod"] }));
    expect(notAllowed.code).toBe("data_dir_mismatch");
    expect(notAllowed.message).toContain("holds data of ferretdb 1.24.2");
    const notThere = await failure(isolated());
    expect(notThere.code).toBe("no_engine");
    expect(notThere.message).toContain(`system-mongod: ${join(folder, "data")} holds data of ferretdb 1.24.2`);
  });

  it("is not opened by an older version than the last one, nor with another format, nor with a broken record", async () => {
    const path = join(folder, "data", "engine.json");
    await mkdir(join(folder, "data"));
    for (const [content, complaint] of [
      [{ engine: "ferretdb", version: "1.99.0", format: "sqlite-1" }, "Use version 1.99.0 or newer"],
      [{ engine: "ferretdb", version: "1.24.2", format: "sqlite-9" }, "format sqlite-9"],
      [{ engine: "mysql" }, "is not a record of the engine"],
      ["nonsense", "is not a record of the engine"],
    ] as const) {
      await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
      const error = await failure(isolated({ embeddedBinary: engineBinary }));
      expect(error.code).toBe("data_dir_mismatch");
      expect(error.message).toContain(complaint);
    }
  });

  it("records a newer version of its own engine", async () => {
    const binary = join(folder, "mongod");
    await (await start(isolated({ mongodBinary: await fakeMongod(binary, "7.0.1") }))).stop();
    await (await start(isolated({ mongodBinary: await fakeMongod(binary, "8.0.0") }))).stop();
    expect(await record()).toMatchObject({ version: "8.0.0" });
    const error = await failure(isolated({ mongodBinary: await fakeMongod(binary, "7.0.1") }));
    expect(error.code).toBe("data_dir_mismatch");
  });

  it("is refused to a second launcher, and the first one goes on", async () => {
    const options = isolated({ embeddedBinary: engineBinary });
    const first = await start(options);
    const error = await failure(options);
    expect(error.code).toBe("data_dir_in_use");
    expect(error.message).toContain(`process ${first.pid}`);
    expect(await answers(first.uri)).toBe(true);
    expect(await record()).toMatchObject({ engine: "ferretdb" });
  });

  it("of two launchers at once serves exactly one", async () => {
    const options = isolated({ embeddedBinary: engineBinary });
    const results = await Promise.allSettled([start(options), start(options), start(options)]);
    expect(results.filter((r) => r.status === "fulfilled")).toHaveLength(1);
  });

  it("stays unclaimed when its first engine does not start", async () => {
    const broken = join(folder, "mongod");
    await writeFile(
      broken,
      '#!/bin/sh\n[ "$1" = --version ] && echo "db version v8.0.0" && exit\necho bad disk; exit 14\n',
    );
    await chmod(broken, 0o755);
    const error = await failure(isolated({ mongodBinary: broken, engines: ["system-mongod"] }));
    expect(error.code).toBe("engine_failed");
    expect(error.message).toContain("bad disk");
    expect((await start(isolated({ embeddedBinary: engineBinary }))).engine).toBe("embedded");
  });
});

describe("a running engine", () => {
  it("reports its death, and comes back on the same port with its data", async () => {
    const options = isolated({ embeddedBinary: engineBinary });
    const first = await start(options);
    const client = new MongoClient(first.uri);
    await client.db("shop").collection<{ _id: string }>("c").insertOne({ _id: "kept" });
    const exit = new Promise((resolve) => first.onExit(resolve));
    process.kill(first.pid!, "SIGKILL");
    expect(await exit).toEqual({ code: null, signal: "SIGKILL" });
    const second = await start({ ...options, port: first.port! });
    expect(second.uri).toBe(first.uri);
    expect(await client.db("shop").collection<{ _id: string }>("c").findOne({ _id: "kept" })).toEqual({ _id: "kept" });
    await client.close();
  });

  it("does not report a stop that was asked for, and can be stopped twice", async () => {
    const mongo = await start(isolated({ embeddedBinary: engineBinary }));
    let reported = false;
    mongo.onExit(() => (reported = true));
    await Promise.all([mongo.stop(), mongo.stop()]);
    await mongo.stop();
    expect(reported).toBe(false);
    expect(await answers(mongo.uri)).toBe(false);
  });

  it("listens on a socket file that this user alone may use, and on no port", async () => {
    const socket = join(folder, "mongodb.sock");
    const mongo = await start(isolated({ embeddedBinary: engineBinary, socket }));
    expect(mongo.uri).toMatch(/^mongodb:\/\/%2F.*%2Fmongodb\.sock\/\?/);
    expect(mongo.port).toBeUndefined();
    expect((await stat(socket)).mode & 0o777).toBe(0o600);
    expect(await answers(mongo.uri)).toBe(true);
    const files = await readdir(folder, { recursive: true });
    for (const file of files.filter((name) => name.includes("/db/")))
      expect({ file, mode: (await stat(join(folder, file))).mode & 0o077 }).toEqual({ file, mode: 0 });
  });

  it("says so when its port is taken", async () => {
    const first = await start(isolated({ embeddedBinary: engineBinary }));
    const other = isolated({ embeddedBinary: engineBinary, dataDir: join(folder, "other"), port: first.port! });
    expect((await failure(other)).code).toBe("port_in_use");
  });

  it.each(["embedded", "system-mongod"] as const)("dies with a launcher that is killed (%s)", async (engine) => {
    const mongod = await fakeMongod(join(folder, "mongod"));
    const options = isolated({ embeddedBinary: engineBinary, mongodBinary: mongod, engines: [engine] });
    const code = `
      const { startMongo } = await import(${JSON.stringify(new URL("../dist/index.js", import.meta.url).href)});
      const mongo = await startMongo(${JSON.stringify(options)});
      console.log(mongo.uri);
      setInterval(() => {}, 1000);`;
    const launcher = spawn(process.execPath, ["--input-type=module", "-e", code], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const uri = await new Promise<string>((resolve) => launcher.stdout.once("data", (d) => resolve(String(d).trim())));
    expect(await answers(uri)).toBe(true);
    launcher.kill("SIGKILL");
    for (let i = 0; i < 100 && (await answers(uri)); i++) await sleep(50);
    expect(await answers(uri)).toBe(false);
  });

  it("is probed: what Palate relies on is there, and what is lacking has a name", async () => {
    const mongo = await start(isolated({ embeddedBinary: engineBinary, probe: true }));
    const probe = mongo.capabilities!;
    expect(probe.missingRequired).toEqual([]);
    expect(probe.can).toMatchObject({ atomicUpdate: true, uniqueInsertLock: true, conditionalClaim: true });
    expect(probe.can).toMatchObject({ changeStreams: false, transactions: false, ttl: false, nonFiniteNumbers: false });
    expect(probe.maxWriteBatchSize).toBe(50);
    expect(probe.summary).toMatch(/^FerretDB 1\.24\.2; lacks .*change streams, transactions/);
    const client = new MongoClient(mongo.uri);
    const { databases } = await client.db("admin").admin().listDatabases();
    await client.close();
    expect(databases.map((d) => d.name)).not.toContainEqual(expect.stringContaining("probe"));
  });
});

describe("the downloaded mongod", () => {
  /** Serves an archive at every path, and `checksum` at every path that ends in .sha256. */
  async function mirror(archive: Buffer, checksum: string) {
    const requests: string[] = [];
    const server = createServer((request, response) => {
      requests.push(request.url ?? "");
      response.end(request.url?.endsWith(".sha256") ? `${checksum}  archive.tgz\n` : archive);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { url, requests, close: () => new Promise((resolve) => server.close(resolve)) };
  }

  async function archiveOfFake(): Promise<Buffer> {
    await fakeMongod(join(folder, "mongodb-8.2.6", "bin", "mongod"), "8.2.6");
    await writeFile(join(folder, "mongodb-8.2.6", "README"), "read me");
    const tar = spawn("tar", ["-czf", "archive.tgz", "mongodb-8.2.6"], { cwd: folder });
    await new Promise((resolve) => tar.once("close", resolve));
    return readFile(join(folder, "archive.tgz"));
  }

  const options = (url: string) =>
    isolated({ engines: ["downloaded-mongod"], download: { mirror: url }, env: { ...process.env } });

  it("is fetched once, checked, and then used from the cache", async () => {
    const archive = await archiveOfFake();
    const source = await mirror(archive, createHash("sha256").update(archive).digest("hex"));
    try {
      const first = await start(options(source.url));
      expect(first).toMatchObject({ engine: "downloaded-mongod", version: "8.2.6" });
      expect(source.requests).toHaveLength(2);
      await first.stop();
      await (await start(options(source.url))).stop();
      expect(source.requests).toHaveLength(2);
    } finally {
      await source.close();
    }
  });

  it("is thrown away when its checksum is wrong", async () => {
    const source = await mirror(await archiveOfFake(), "0".repeat(64));
    try {
      const error = await failure(options(source.url));
      expect(error.message).toContain("but its vendor says 0000");
      expect(await readdir(join(folder, "cache", "mongod"))).toEqual([]);
    } finally {
      await source.close();
    }
  });
});
