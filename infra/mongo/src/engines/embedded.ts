import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { uriOf } from "../answers.js";
import { buildEmbedded, embeddedBinaryPath } from "../build-embedded.js";
import { EngineProcess } from "../engine-process.js";
import type { Engine, PreparedEngine, StartedEngine } from "../engine.js";
import { unavailable } from "../engine.js";
import { MongoLauncherError, messageOf } from "../errors.js";
import { findOnPath, isExecutable } from "../find-on-path.js";
import type { ResolvedOptions } from "../options.js";

const run = promisify(execFile);

/** Exit codes of the engine, see engine/main.go. */
const DIR_IN_USE = 3;
const ADDRESS_IN_USE = 4;

/** How SQLite says that a file is not as it wrote it. */
const DAMAGED = /database disk image is malformed|file is not a database/;

/** How long the engine may take to be ready, in milliseconds. */
const START_TIMEOUT = 60_000;

/** The engine in ../engine: FerretDB on SQLite, compiled once with Go into the cache folder. */
export const embedded: Engine = {
  step: "embedded",
  kind: "ferretdb",
  async prepare(options) {
    const found = await findBinary(options);
    if (typeof found !== "string") return found;
    try {
      return await prepareBinary(found, options);
    } catch (error) {
      return unavailable(`${found} does not work (${messageOf(error)})`, "delete it, so that it is built again");
    }
  },
};

async function findBinary(options: ResolvedOptions) {
  const given = options.embeddedBinary;
  if (given !== undefined) {
    if (await isExecutable(given)) return given;
    return unavailable(`${given} is not an executable file`, "correct the path of the embedded engine");
  }
  const built = await embeddedBinaryPath(options.cacheDir);
  if (await isExecutable(built)) return built;
  const go = await findOnPath("go", options.env);
  if (go === undefined) {
    return unavailable(`it is not built yet, and there is no Go compiler on the PATH`, "install Go 1.25 or newer");
  }
  try {
    return await buildEmbedded(go, options);
  } catch (error) {
    return unavailable(
      `it could not be built (${messageOf(error)})`,
      "give Go access to a module proxy, and use Go 1.25 or newer",
    );
  }
}

async function prepareBinary(binary: string, options: ResolvedOptions): Promise<PreparedEngine> {
  const { stdout } = await run(binary, ["--version"], { timeout: 20_000, env: options.env });
  const [, version, format] = /^ferretdb (\S+) format (\S+)/.exec(stdout) ?? [];
  if (version === undefined || format === undefined) throw new Error("its --version is not that of the engine");
  return { available: true, version, format, start: (directory) => start(binary, directory, options) };
}

async function start(binary: string, directory: string, options: ResolvedOptions): Promise<StartedEngine> {
  const address = options.socket === undefined ? `127.0.0.1:${options.port}` : `unix:${options.socket}`;
  let report: (server: string) => void = () => {};
  const ready = new Promise<{ server: string }>((resolve) => (report = (server) => resolve({ server })));
  const server = await EngineProcess.spawn(binary, ["--dir", directory, "--listen", address, "--exit-with-stdin"], {
    env: options.env,
    onLine(line) {
      const uri = /^ready (mongodb:\/\/\S+\/)$/.exec(line)?.[1];
      if (uri !== undefined) report(uri);
      else options.log(line);
    },
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => (timer = setTimeout(resolve, START_TIMEOUT, "late")));
  const first = await Promise.race([ready, server.exited, late]);
  clearTimeout(timer);
  if (first !== "late" && "server" in first) {
    return { uri: uriOf(first.server), pid: server.pid, exited: server.exited, stop: () => server.stop() };
  }
  await server.stop();
  const { code, signal } = await server.exited;
  if (code === DIR_IN_USE) {
    const message = `${directory} is in use by another engine (${server.lastWords}). Stop it, or use another data directory.`;
    throw new MongoLauncherError("data_dir_in_use", message);
  }
  if (code === ADDRESS_IN_USE) {
    throw new MongoLauncherError("port_in_use", `${address} is in use. Stop what uses it, or choose another port.`);
  }
  if (DAMAGED.test(server.lastWords)) {
    const message = `The database in ${directory} is damaged: restore the data folder from a backup. The engine said:\n${server.lastWords}`;
    throw new MongoLauncherError("engine_failed", message);
  }
  const end =
    first === "late" ? `was not ready after ${START_TIMEOUT / 1000} s` : `ended (${signal ?? `status ${code}`})`;
  throw new MongoLauncherError("engine_failed", `The embedded engine ${end}. It last said:\n${server.lastWords}`);
}
