import { fileURLToPath } from "node:url";

/** The steps of the resolution chain, in their default order. */
export const ENGINE_STEPS = ["uri", "system-mongod", "downloaded-mongod", "embedded"] as const;

/** One step of the resolution chain: where an engine comes from. */
export type EngineStep = (typeof ENGINE_STEPS)[number];

/** Which server it is, whatever step found it. Data directories belong to one kind. */
export type EngineKind = "external" | "mongod" | "ferretdb";

/** News from a step that takes long, for people to read. */
export interface Progress {
  readonly step: EngineStep;
  /** What is going on, such as "compiling the embedded engine (120 packages)". */
  readonly message: string;
  /** From 0 to 1 where it is known. */
  readonly fraction?: number;
}

/** What startMongo takes; every field but `dataDir` has a default. */
export interface MongoOptions {
  /** Where a started engine keeps its data; created when missing. Needed unless `uri` is given. */
  readonly dataDir?: string;
  /** An existing server. When it is given no engine is ever started, and no other step is tried. */
  readonly uri?: string;
  /** The steps that may be taken, in order. Default: all of ENGINE_STEPS. */
  readonly engines?: readonly EngineStep[];
  /** TCP port on 127.0.0.1; 0 (default) picks a free one. Give the old port when restarting an engine. */
  readonly port?: number;
  /**
   * Path of a socket file on which the embedded engine listens in place of the port, of at most 100 bytes; this user alone may use it. A
   * `mongod` listens on the port all the same. Default: none.
   */
  readonly socket?: string;
  /** Folder for built and downloaded engines. Default: `.cache` at the root of the repository. */
  readonly cacheDir?: string;
  /** A `mongod` to use instead of the one on the PATH. */
  readonly mongodBinary?: string;
  /** A built embedded engine to use instead of compiling one (container images). */
  readonly embeddedBinary?: string;
  /** Settings of the downloaded `mongod`. */
  readonly download?: DownloadOptions;
  /** Whether to probe the engine's capabilities at start (under 2 s). Default: true. */
  readonly probe?: boolean;
  /** Called while something long is under way. */
  readonly onProgress?: (progress: Progress) => void;
  /** Called with each line an engine or a build prints. Default: dropped. */
  readonly log?: (line: string) => void;
  /** Environment for child processes and the PATH to search. Default: this process's. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Where and how to fetch `mongod`. */
export interface DownloadOptions {
  /** Default: true. */
  readonly enabled?: boolean;
  /** Server version; changing it is an upgrade of the data. Default: MONGOD_VERSION. */
  readonly version?: string;
  /** Replaces the vendor's download host; paths below it stay the same. */
  readonly mirror?: string;
  /** How long the host may take to answer before the step is passed over, in milliseconds. Default: 2500. */
  readonly timeoutMs?: number;
}

/** The `mongod` that is downloaded: exactly one, so that every machine runs the same. */
export const MONGOD_VERSION = "8.2.6";

/** MongoOptions with every default filled in. */
export interface ResolvedOptions {
  readonly dataDir: string | undefined;
  readonly uri: string | undefined;
  readonly engines: readonly EngineStep[];
  readonly port: number;
  readonly socket: string | undefined;
  readonly cacheDir: string;
  readonly mongodBinary: string | undefined;
  readonly embeddedBinary: string | undefined;
  readonly download: Required<Omit<DownloadOptions, "mirror">> & { readonly mirror: string | undefined };
  readonly probe: boolean;
  readonly onProgress: (progress: Progress) => void;
  readonly log: (line: string) => void;
  readonly env: NodeJS.ProcessEnv;
}

/** Fills in the defaults. */
export function resolveOptions(options: MongoOptions): ResolvedOptions {
  return {
    dataDir: options.dataDir,
    uri: options.uri === "" ? undefined : options.uri,
    engines: options.engines ?? ENGINE_STEPS,
    port: options.port ?? 0,
    socket: options.socket,
    cacheDir: options.cacheDir ?? fileURLToPath(new URL("../../../.cache", import.meta.url)),
    mongodBinary: options.mongodBinary,
    embeddedBinary: options.embeddedBinary,
    download: {
      enabled: options.download?.enabled ?? true,
      version: options.download?.version ?? MONGOD_VERSION,
      mirror: options.download?.mirror,
      timeoutMs: options.download?.timeoutMs ?? 2500,
    },
    probe: options.probe ?? true,
    onProgress: options.onProgress ?? (() => {}),
    log: options.log ?? (() => {}),
    env: options.env ?? process.env,
  };
}
