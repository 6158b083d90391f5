import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { askVersion } from "./answers.js";
import { checkEngineRecord, readEngineFile, removeEngineFile, writeEngineFile } from "./engine-file.js";
import type { EngineRecord } from "./engine-file.js";
import type { ProcessExit } from "./engine-process.js";
import type { StartedEngine } from "./engine.js";
import { MongoLauncherError } from "./errors.js";
import { resolveOptions } from "./options.js";
import type { EngineKind, EngineStep, MongoOptions } from "./options.js";
import { probeCapabilities } from "./probe.js";
import type { ProbeResult } from "./probe.js";
import { resolveEngine } from "./resolve.js";
import type { Resolution } from "./resolve.js";

/** Time that a server has to answer when it is asked whether it is there. */
const RESPONSE_MS = 5_000;

/** A MongoDB-compatible server that answers. */
export interface RunningMongo {
  /** What to give to the driver, and to every service as MONGODB_URI. */
  readonly uri: string;
  /** The step of the chain that found the engine. */
  readonly engine: EngineStep;
  readonly kind: EngineKind;
  /** The server's own version, such as "8.2.6" for mongod or "1.24.2" for the embedded engine. */
  readonly version: string;
  /** Process id; undefined for a server that is not ours. */
  readonly pid: number | undefined;
  /** The port of an engine of ours that listens on one, to be given again when it is restarted; undefined otherwise. */
  readonly port: number | undefined;
  /** What the engine can do; undefined when the probe was switched off. */
  readonly capabilities: ProbeResult | undefined;
  /** Calls `listener` once if the engine ends without stop(), even if it has ended already. */
  onExit(listener: (exit: ProcessExit) => void): void;
  /** Whether the server answers within 5 s. */
  responds(): Promise<boolean>;
  /** Ends the engine at once. Leaves a server that is not ours alone. */
  kill(): void;
  /** Stops the engine cleanly and waits for its end. Leaves a server that is not ours alone. */
  stop(): Promise<void>;
}

/**
 * Starts a MongoDB engine, or connects to a given one: the first step of the resolution chain that works.
 * Throws MongoLauncherError; nothing is left running then.
 */
export async function startMongo(options: MongoOptions): Promise<RunningMongo> {
  const given = resolveOptions(options);
  const dataDir = given.dataDir === undefined ? undefined : resolve(given.dataDir);
  const settings = { ...given, dataDir };
  const found = await resolveEngine(settings);
  const started = await startInDirectory(found, dataDir);

  let stopping = false;
  try {
    const capabilities = settings.probe ? await probeCapabilities(started.uri) : undefined;
    return {
      uri: started.uri,
      engine: found.engine.step,
      kind: found.engine.kind,
      version: found.prepared.version || (await askVersion(started.uri, 5_000)),
      pid: started.pid,
      port: started.pid === undefined ? undefined : portOf(started.uri),
      capabilities,
      onExit(listener) {
        void started.exited.then((exit) => {
          if (!stopping) listener(exit);
        });
      },
      responds: () =>
        askVersion(started.uri, RESPONSE_MS).then(
          () => true,
          () => false,
        ),
      kill() {
        if (started.pid !== undefined) process.kill(started.pid, "SIGKILL");
      },
      async stop() {
        stopping = true;
        await started.stop();
      },
    };
  } catch (error) {
    await started.stop();
    throw error;
  }
}

/** The port in a URI of ours; undefined in that of a socket file. */
function portOf(uri: string): number | undefined {
  const port = /^mongodb:\/\/[^/]*:(\d+)\//.exec(uri)?.[1];
  return port === undefined ? undefined : Number(port);
}

/** Starts the engine in the data directory, with engine.json checked before and written with it. */
async function startInDirectory({ engine, prepared }: Resolution, dataDir: string | undefined): Promise<StartedEngine> {
  if (engine.kind === "external") return prepared.start("");
  if (dataDir === undefined) {
    throw new MongoLauncherError("engine_failed", `${engine.step} needs a data directory, and none was given.`);
  }
  const record: EngineRecord = { engine: engine.kind, version: prepared.version, format: prepared.format };
  const databases = join(dataDir, "db");
  await mkdir(databases, { recursive: true });
  const claimed = await writeEngineFile(dataDir, record, true);
  const owner = await readEngineFile(dataDir);
  if (owner) checkEngineRecord(dataDir, owner, record);
  let started: StartedEngine;
  try {
    started = await prepared.start(databases);
  } catch (error) {
    // A claim stays when someone else is at work in the directory: the record is true for them as well.
    const inUse = error instanceof MongoLauncherError && error.code === "data_dir_in_use";
    if (claimed && !inUse) await removeEngineFile(dataDir);
    throw error;
  }
  if (!claimed && owner?.version !== record.version) await writeEngineFile(dataDir, record, false);
  return started;
}
