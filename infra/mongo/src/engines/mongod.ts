import { execFile, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { askVersion, localUri } from "../answers.js";
import { EngineProcess } from "../engine-process.js";
import type { PreparedEngine, StartedEngine } from "../engine.js";
import { MongoLauncherError, messageOf } from "../errors.js";
import { freePort } from "../free-port.js";
import type { ResolvedOptions } from "../options.js";

const run = promisify(execFile);

/** Data layout of every mongod that is still supported. */
const FORMAT = "wiredTiger";

/** How long mongod may take to answer after its start, in milliseconds: recovery after a crash reads the journal. */
const START_TIMEOUT = 60_000;

/** mongod's cache in GB: bounded, because the recipe services share the machine. */
const CACHE_GB = "0.5";

/** Exit status with which mongod reports that another one has the data directory. */
const DB_PATH_IN_USE = 100;

/** Checks that `binary` is a mongod that runs here, and returns it ready to start. Throws when it is not. */
export async function prepareMongod(binary: string, options: ResolvedOptions): Promise<PreparedEngine> {
  const { stdout } = await run(binary, ["--version"], { timeout: 20_000, env: options.env });
  const version = /db version v?(\d+\.\d+\.\d+)/i.exec(stdout)?.[1];
  if (version === undefined) throw new Error(`its --version does not say "db version"`);
  return { available: true, version, format: FORMAT, start: (directory) => start(binary, directory, options) };
}

async function start(binary: string, directory: string, options: ResolvedOptions): Promise<StartedEngine> {
  const port = options.port === 0 ? await freePort("127.0.0.1") : options.port;
  const args = ["--dbpath", directory, "--bind_ip", "127.0.0.1", "--port", String(port)];
  const server = await EngineProcess.spawn(binary, [...args, "--wiredTigerCacheSizeGB", CACHE_GB], {
    env: options.env,
    onLine: options.log,
  });
  const guard = guardAgainstOrphans(server);
  try {
    await untilItAnswers(server, localUri(port), directory, port);
  } catch (error) {
    await server.stop();
    throw error;
  } finally {
    void server.exited.then(guard);
  }
  return { uri: localUri(port), pid: server.pid, exited: server.exited, stop: () => server.stop() };
}

async function untilItAnswers(server: EngineProcess, uri: string, directory: string, port: number): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT;
  let last: unknown;
  while (!server.ended && Date.now() < deadline) {
    try {
      const ended = server.exited.then(() => Promise.reject(new Error("mongod ended")));
      await Promise.race([askVersion(uri, 1_000), ended]);
      // Another server may have answered on a port that ours could not get; ours is about to end then.
      await sleep(50);
      if (!server.ended) return;
    } catch (error) {
      last = error;
      await Promise.race([server.exited, sleep(100)]);
    }
  }
  if (!server.ended) {
    throw new MongoLauncherError("unreachable", `mongod does not answer on port ${port}: ${messageOf(last)}`);
  }
  const { code, signal } = await server.exited;
  if (code === DB_PATH_IN_USE || server.lastWords.includes("DBPathInUse")) {
    const message = `${directory} is in use by another mongod. Stop it, or use another data directory.`;
    throw new MongoLauncherError("data_dir_in_use", message);
  }
  if (/address already in use/i.test(server.lastWords)) {
    throw new MongoLauncherError("port_in_use", `Port ${port} is in use. Stop what uses it, or choose another port.`);
  }
  const end = signal ?? `status ${code}`;
  throw new MongoLauncherError("engine_failed", `mongod ended at start (${end}). It last said:\n${server.lastWords}`);
}

/**
 * mongod does not notice that its parent is gone. A shell does: it waits for the end of a pipe that only this
 * process holds open. Returns the function that calls the guard off.
 */
function guardAgainstOrphans(server: EngineProcess): () => void {
  const script = 'cat >/dev/null; kill -TERM "$1"';
  const guard = spawn("/bin/sh", ["-c", script, "sh", String(server.pid)], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  guard.on("error", () => {});
  guard.unref();
  return () => {
    // The whole group: killing the shell alone would leave `cat`, and closing the pipe would run the kill.
    try {
      if (guard.pid !== undefined) process.kill(-guard.pid, "SIGKILL");
    } catch {
      // It has ended already.
    }
  };
}
