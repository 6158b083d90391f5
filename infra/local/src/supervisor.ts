import { SERVICES, type ServiceEntry } from "@palate/host/services";
import type { MongoOptions, RunningMongo } from "@palate/mongo";
import path from "node:path";
import { openDataFolder, type DataFolder } from "./data-folder.js";
import { identitySettings } from "./identities.js";
import { Keeper, type KeeperEvent } from "./keeper.js";
import { LogFile, type LogRotation } from "./log-file.js";
import { MongoProcess } from "./mongo-process.js";
import { launchNode } from "./node-process.js";
import { choosePorts, type ChosenPort } from "./ports.js";
import { answers, grpcResponds, httpResponds, isServing } from "./readiness.js";
import {
  addressOf,
  distOf,
  environmentOf,
  LOOPBACK,
  METRICS_PORT_OFFSET,
  metricsUrlOf,
  MONGO_PORT,
  type Wiring,
} from "./services.js";

/** What the supervisor tells whoever started it. */
export type SupervisorEvent =
  | KeeperEvent
  | { readonly kind: "port"; readonly chosen: ChosenPort }
  | { readonly kind: "progress"; readonly message: string }
  | { readonly kind: "problem"; readonly name: string; readonly message: string };

/** How to run Palate on this machine. */
export interface SupervisorOptions {
  /** Folder for everything that lasts; made when missing. One running Palate per folder. */
  readonly dataFolder: string;
  /** Services to start by name; default all. */
  readonly services?: readonly string[];
  /** "default" takes the documented ports where they are free, "free" takes any; default "default". */
  readonly ports?: "default" | "free";
  /** The gateway's port when `ports` is "default"; default 4000. */
  readonly gatewayPort?: number;
  /** Host that the gateway listens on; default 127.0.0.1. Everything behind it stays on the loopback. */
  readonly gatewayHost?: string;
  /** Whether each service serves metrics to Prometheus, on a port of its own on the loopback; default yes. */
  readonly metrics?: boolean;
  /** Folders from which imports by path are allowed; default none. */
  readonly importFolders?: readonly string[];
  /** How logs are kept from growing without end. */
  readonly logRotation?: LogRotation;
  /** How to get MongoDB, beyond where its data lies. */
  readonly mongo?: Partial<MongoOptions>;
  /** Environment of every service; default this process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Told of everything that happens. */
  readonly onEvent?: (event: SupervisorEvent) => void;
  /** Breaks off the start; what runs by then is stopped. Without effect once everything has started. */
  readonly signal?: AbortSignal;
}

const STOP_GRACE_MS = 15_000;
const MONGO = "mongodb";

/** Palate running on this machine: MongoDB and one process for each service, each restarted whenever it ends. */
export class Supervisor {
  /** File with the operator's key; undefined where callers are not asked who they are. */
  readonly adminKeyFile: string | undefined;
  readonly #folder: DataFolder;
  readonly #wiring: Wiring;
  readonly #mongo: MongoProcess;
  readonly #keepers: ReadonlyMap<string, Keeper>;
  readonly #logs: readonly LogFile[];

  private constructor(
    folder: DataFolder,
    wiring: Wiring,
    mongo: MongoProcess,
    started: Pick<Supervisor, "adminKeyFile"> & {
      readonly keepers: ReadonlyMap<string, Keeper>;
      readonly logs: readonly LogFile[];
    },
  ) {
    this.#folder = folder;
    this.#wiring = wiring;
    this.#mongo = mongo;
    this.#keepers = started.keepers;
    this.#logs = started.logs;
    this.adminKeyFile = started.adminKeyFile;
  }

  /**
   * Starts everything and resolves when all of it can be used.
   * @throws Error when the data folder is in use, no MongoDB can be had, or a service ends while it starts, or the signal's
   * reason; nothing is left running then
   */
  static async start(options: SupervisorOptions): Promise<Supervisor> {
    options.signal?.throwIfAborted();
    const folder = openDataFolder(options.dataFolder);
    const started: Keeper[] = [];
    // A service that is stopped while it starts counts as one that ended, which ends the start.
    const stopAll = async () => {
      const [mongo, ...services] = started;
      await Promise.all(services.map((keeper) => keeper.stop()));
      await mongo?.stop();
    };
    const abort = () => void stopAll();
    options.signal?.addEventListener("abort", abort);
    try {
      return await Supervisor.#start(options, folder, started);
    } catch (error) {
      await stopAll();
      folder.release();
      throw options.signal?.aborted ? options.signal.reason : error;
    } finally {
      options.signal?.removeEventListener("abort", abort);
    }
  }

  static async #start(options: SupervisorOptions, folder: DataFolder, started: Keeper[]): Promise<Supervisor> {
    const report = options.onEvent ?? (() => {});
    const services = SERVICES.filter(({ name }) => options.services?.includes(name) ?? true);
    const ports = await choosePorts(LOOPBACK, wantedPorts(services, options));
    for (const chosen of ports)
      // The database's is used by a mongod only, and told with where it is.
      if (chosen.name !== MONGO && chosen.wanted !== 0 && chosen.wanted !== chosen.port)
        report({ kind: "port", chosen });
    const portOf = new Map(ports.map(({ name, port }) => [name, port]));
    const metricsPorts = await chooseMetricsPorts(services, portOf, options);

    const logs: LogFile[] = [];
    const openLog = (name: string) => {
      const onProblem = (message: string) => report({ kind: "problem", name, message });
      const log = new LogFile({ folder: folder.logs, name, onProblem, rotation: options.logRotation ?? {} });
      logs.push(log);
      return log;
    };
    const mongoLog = openLog(MONGO);
    const mongo = new MongoProcess({
      dataDir: folder.mongo,
      port: portOf.get(MONGO) ?? 0,
      socket: folder.mongoSocket,
      onProgress: ({ message }) => report({ kind: "progress", message }),
      log: (line) => mongoLog.write(line),
      ...options.mongo,
    });
    const keepers = new Map([[MONGO, new Keeper(MONGO, () => mongo.launch(), report)]]);
    const startKeeper = async (keeper: Keeper) => {
      options.signal?.throwIfAborted();
      started.push(keeper);
      await keeper.start();
    };
    await startKeeper(keepers.get(MONGO)!);

    const env = options.env ?? process.env;
    const identities = identitySettings(env, folder.path);
    const wiring: Wiring = {
      gatewayHost: options.gatewayHost ?? LOOPBACK,
      gatewayScheme: (options.env ?? process.env).PALATE_GATEWAY_TLS_CERT_FILE ? "https" : "http",
      ports: portOf,
      metricsPorts,
      mongodbUri: mongo.running.uri,
      workFolder: folder.work,
      importFolders: (options.importFolders ?? []).map((each) => path.resolve(each)),
    };
    for (const service of services) {
      const log = openLog(service.name);
      const program = {
        main: path.join(distOf(service), "main.js"),
        env: { ...env, ...identities.env, ...environmentOf(service, services, wiring) },
        log,
        ...checksOf(service, wiring),
        graceMs: STOP_GRACE_MS,
      };
      keepers.set(service.name, new Keeper(service.name, () => launchNode(program), report));
    }
    // Datasets first: the others read from it. They can wait for it themselves, but would log that they do.
    for (const role of ["datasets", "recipe", "gateway"] as const) {
      const names = services.filter((service) => service.role === role).map(({ name }) => name);
      await Promise.all(names.map((name) => startKeeper(keepers.get(name)!)));
    }
    return new Supervisor(folder, wiring, mongo, { keepers, logs, adminKeyFile: identities.adminKeyFile });
  }

  /** The gateway's address, "http://127.0.0.1:4000". */
  get gatewayUrl(): string {
    return `${this.#wiring.gatewayScheme}://${this.address("gateway")}`;
  }

  /** The database, as it was last started. */
  get mongo(): RunningMongo {
    return this.#mongo.running;
  }

  /** Where logs are. */
  get logFolder(): string {
    return this.#folder.logs;
  }

  /** "host:port" of a service. */
  address(name: string): string {
    return addressOf(this.#wiring, name);
  }

  /** Where a service's metrics are: "http://127.0.0.1:4300/metrics"; undefined where none are served. */
  metricsUrl(name: string): string | undefined {
    return metricsUrlOf(this.#wiring, name);
  }

  /** Process ids by name, MongoDB's as "mongodb"; without processes that are down at the moment. */
  pids(): Map<string, number> {
    const pids = new Map<string, number>();
    for (const [name, { pid }] of this.#keepers) if (pid !== undefined) pids.set(name, pid);
    return pids;
  }

  /** Stops one process and keeps it stopped until `startOne`. */
  stopOne(name: string): Promise<void> {
    return this.#keeper(name).stop();
  }

  /** Starts a process that `stopOne` stopped; resolves when it is ready. */
  startOne(name: string): Promise<void> {
    return this.#keeper(name).start();
  }

  /** Stops everything, the gateway first and MongoDB last, and gives up the data folder. */
  async stop(): Promise<void> {
    const gateway = this.#keepers.get("gateway");
    const rest = [...this.#keepers.values()].filter(
      ({ name }) => name !== "gateway" && name !== MONGO && name !== "datasets",
    );
    await gateway?.stop();
    await Promise.all(rest.map((keeper) => keeper.stop()));
    await this.#keepers.get("datasets")?.stop();
    await this.#keepers.get(MONGO)?.stop();
    for (const log of this.#logs) log.close();
    this.#folder.release();
  }

  #keeper(name: string): Keeper {
    const keeper = this.#keepers.get(name);
    if (!keeper) throw new Error(`There is no process "${name}"; there are ${[...this.#keepers.keys()].join(", ")}.`);
    return keeper;
  }
}

function wantedPorts(services: readonly ServiceEntry[], options: SupervisorOptions) {
  const any = options.ports === "free";
  const wanted = services.map(({ name, port, role }) => {
    return { name, port: role === "gateway" ? (options.gatewayPort ?? port) : port };
  });
  return [{ name: MONGO, port: MONGO_PORT }, ...wanted].map(({ name, port }) => ({ name, port: any ? 0 : port }));
}

/** A port for the metrics of each service: none where they are not wanted. */
async function chooseMetricsPorts(
  services: readonly ServiceEntry[],
  ports: ReadonlyMap<string, number>,
  options: SupervisorOptions,
): Promise<Map<string, number>> {
  if (options.metrics === false) return new Map();
  const wanted = services.map(({ name }) => {
    const port = options.ports === "free" ? 0 : ports.get(name)! + METRICS_PORT_OFFSET;
    return { name, port: port > 65_535 ? 0 : port };
  });
  const chosen = await choosePorts(LOOPBACK, wanted, ports.values());
  return new Map(chosen.map(({ name, port }) => [name, port]));
}

function checksOf(service: ServiceEntry, wiring: Wiring) {
  const address = addressOf(wiring, service.name);
  if (service.role !== "gateway") return { check: () => isServing(address), responds: () => grpcResponds(address) };
  const url = `${wiring.gatewayScheme}://${address}`;
  return {
    // What it needs is kept running, and waited for, one by one.
    check: () => answers(`${url}/readyz?exclude=datasets&exclude=database`),
    responds: () => httpResponds(`${url}/livez`),
  };
}
