import { readEngineFile } from "./engine-file.js";
import type { Engine, PreparedEngine } from "./engine.js";
import { downloadedMongod } from "./engines/downloaded-mongod.js";
import { embedded } from "./engines/embedded.js";
import { systemMongod } from "./engines/system-mongod.js";
import { uriEngine } from "./engines/uri.js";
import { MongoLauncherError, noEngineError } from "./errors.js";
import type { FailedAttempt } from "./errors.js";
import type { EngineStep, ResolvedOptions } from "./options.js";

const ENGINES: Readonly<Record<EngineStep, Engine>> = {
  uri: uriEngine,
  "system-mongod": systemMongod,
  "downloaded-mongod": downloadedMongod,
  embedded,
};

/** The engine the chain arrived at. */
export interface Resolution {
  readonly engine: Engine;
  readonly prepared: PreparedEngine;
}

/**
 * Walks the chain and returns the first engine that can be had.
 *
 * A given URI is final. Otherwise a data directory that belongs to one kind of engine passes over the others:
 * installing a mongod next to an embedded database must not make its data unreachable. Throws `no_engine`
 * with the reason of every step, or `data_dir_mismatch` when the directory's own engine is not allowed.
 */
export async function resolveEngine(options: ResolvedOptions): Promise<Resolution> {
  if (options.uri !== undefined) {
    const prepared = await uriEngine.prepare(options);
    if (prepared.available) return { engine: uriEngine, prepared };
  }
  const owner = options.dataDir === undefined ? undefined : await readEngineFile(options.dataDir);
  if (owner && !options.engines.some((step) => ENGINES[step].kind === owner.engine)) {
    const message = `${options.dataDir} holds data of ${owner.engine} ${owner.version}, but only these engines are allowed: ${options.engines.join(", ")}. Allow its engine, or use another data directory.`;
    throw new MongoLauncherError("data_dir_mismatch", message);
  }
  const attempts: FailedAttempt[] = [];
  for (const step of options.engines) {
    const engine = ENGINES[step];
    if (owner && engine.kind !== owner.engine && engine.kind !== "external") {
      const reason = `${options.dataDir} holds data of ${owner.engine} ${owner.version}`;
      attempts.push({ step, reason, remedy: "use another data directory" });
      continue;
    }
    const prepared = await engine.prepare(options);
    if (prepared.available) return { engine, prepared };
    attempts.push({ step, reason: prepared.reason, remedy: prepared.remedy });
  }
  throw noEngineError(attempts);
}
