/**
 * Starts the MongoDB engine that Palate stores everything in, whatever the machine offers.
 *
 * ```ts
 * const mongo = await startMongo({ dataDir: "data/mongo", onProgress: (p) => console.log(p.message) });
 * console.log(mongo.capabilities?.summary);
 * mongo.onExit(() => restart({ port: mongo.port }));
 * // … give mongo.uri to the services …
 * await mongo.stop();
 * ```
 */
export { startMongo } from "./start.js";
export type { RunningMongo } from "./start.js";
export { ENGINE_STEPS, MONGOD_VERSION } from "./options.js";
export type { DownloadOptions, EngineKind, EngineStep, MongoOptions, Progress } from "./options.js";
export type { ProcessExit } from "./engine-process.js";
export { MongoLauncherError } from "./errors.js";
export type { FailedAttempt, MongoErrorCode } from "./errors.js";
export { withoutCredentials } from "./without-credentials.js";
export { probeCapabilities } from "./probe.js";
export type { Capabilities, Capability, ProbeResult } from "./probe.js";
export { freePort, isFree } from "./free-port.js";
