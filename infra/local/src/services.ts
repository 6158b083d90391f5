import { SERVICES, type ServiceEntry } from "@palate/host/services";
import { readFileSync, realpathSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's folder. */
const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url));

/** The port MongoDB gets when that is free. */
export const MONGO_PORT = 4200;

/** A service's metrics are on the port that is this much above its own, where that is free: 4300 for the gateway. */
export const METRICS_PORT_OFFSET = 300;

/** Host of everything that only this machine may reach. */
export const LOOPBACK = "127.0.0.1";

/** The compiled folder of a service. */
export function distOf(service: ServiceEntry): string {
  return path.join(REPOSITORY, service.folder, "dist");
}

/** The package folders that a package is made of: its own, and those of this repository that it depends on. */
function packageFoldersOf(folder: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(folder)) return found;
  found.add(folder);
  const manifest = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as {
    dependencies?: Readonly<Record<string, string>>;
  };
  for (const name of Object.keys(manifest.dependencies ?? {})) {
    // npm links the repository's own packages there.
    if (name.startsWith("@palate/")) packageFoldersOf(realpathSync(path.join(REPOSITORY, "node_modules", name)), found);
  }
  return found;
}

/** Every compiled folder that services are made of, with the names of the services that need it. */
export function compiledFolders(): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>();
  for (const service of SERVICES) {
    for (const folder of packageFoldersOf(path.join(REPOSITORY, service.folder))) {
      const dist = path.join(folder, "dist");
      users.set(dist, [...(users.get(dist) ?? []), service.name]);
    }
  }
  return users;
}

/** What a service must be told, besides what all share. */
export interface Wiring {
  /** Host that the gateway listens on; the services behind it listen on the loopback only. */
  readonly gatewayHost: string;
  /** Whether the gateway speaks HTTPS. */
  readonly gatewayScheme: "http" | "https";
  /** Port of each service by name. */
  readonly ports: ReadonlyMap<string, number>;
  /** Port of each service's metrics by the service's name; empty where none are served. */
  readonly metricsPorts: ReadonlyMap<string, number>;
  /** Where MongoDB is. */
  readonly mongodbUri: string;
  /** Folder for files on their way into the database. */
  readonly workFolder: string;
  /** Folders from which imports by path are allowed. */
  readonly importFolders: readonly string[];
}

/** Where a service is reached from this machine, as "host:port". */
export function addressOf(wiring: Wiring, name: string): string {
  const everywhere = ["0.0.0.0", "::", "[::]"].includes(wiring.gatewayHost);
  const host = name === "gateway" && !everywhere ? wiring.gatewayHost : LOOPBACK;
  return `${host}:${wiring.ports.get(name)}`;
}

/** Services of one machine speak over its loopback: certificates for gRPC are for those that run apart. */
const PLAIN = { PALATE_TLS_CERT_FILE: "", PALATE_TLS_KEY_FILE: "", PALATE_TLS_CA_FILE: "" } as const;

/** Where a service's metrics are; undefined where none are served. */
export function metricsUrlOf({ metricsPorts }: Wiring, name: string): string | undefined {
  const port = metricsPorts.get(name);
  return port === undefined ? undefined : `http://${LOOPBACK}:${port}/metrics`;
}

/** The environment variables that wire a service to the others. */
export function environmentOf(service: ServiceEntry, started: readonly ServiceEntry[], wiring: Wiring) {
  // GraphQL checks every value twice in development.
  const metricsPort = wiring.metricsPorts.get(service.name);
  const metrics = { PALATE_METRICS_LISTEN: metricsPort === undefined ? "" : `${LOOPBACK}:${metricsPort}` };
  const listen = { NODE_ENV: "production", PALATE_LISTEN: addressOf(wiring, service.name), ...PLAIN, ...metrics };
  const data = { PALATE_DATASETS_ADDRESS: addressOf(wiring, "datasets") };
  const recipes = started.filter(({ role }) => role === "recipe").map(({ name }) => addressOf(wiring, name));
  switch (service.role) {
    case "datasets":
      return {
        ...listen,
        MONGODB_URI: wiring.mongodbUri,
        PALATE_DATASETS_FOLDER: wiring.workFolder,
        // Without folders of the launcher's own, those of the environment count.
        ...(wiring.importFolders.length > 0 && { PALATE_IMPORT_FOLDERS: wiring.importFolders.join(",") }),
      };
    case "recipe":
      return { ...listen, ...data, MONGODB_URI: wiring.mongodbUri };
    case "gateway":
      return {
        PALATE_GATEWAY_LISTEN: `${wiring.gatewayHost}:${wiring.ports.get(service.name)}`,
        ...PLAIN,
        ...data,
        PALATE_RECIPE_SERVICES: recipes.join(","),
        ...metrics,
      };
  }
}
