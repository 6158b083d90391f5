import path from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's folder. */
const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url));

/** One of Palate's services, as the supervisor starts it. */
export interface ServiceEntry {
  /** Its name, in messages, logs and addresses. */
  readonly name: string;
  /** Its package's folder, relative to the repository. */
  readonly folder: string;
  /** The port it gets when that is free. */
  readonly port: number;
  /** What it is: the data's owner, a recipe service, or the public door. */
  readonly role: "datasets" | "recipe" | "gateway";
}

/** Every service, in the order in which they start. */
export const SERVICES: readonly ServiceEntry[] = [
  { name: "datasets", folder: "recipe-services/datasets", port: 4100, role: "datasets" },
  { name: "popularity", folder: "recipe-services/popularity", port: 4101, role: "recipe" },
  { name: "sims", folder: "recipe-services/sims", port: 4102, role: "recipe" },
  { name: "user-personalization", folder: "recipe-services/user-personalization", port: 4103, role: "recipe" },
  { name: "trending", folder: "recipe-services/trending", port: 4104, role: "recipe" },
  { name: "segments", folder: "recipe-services/segments", port: 4105, role: "recipe" },
  { name: "ranking", folder: "recipe-services/ranking", port: 4106, role: "recipe" },
  { name: "next-best-action", folder: "recipe-services/next-best-action", port: 4107, role: "recipe" },
  { name: "gateway", folder: "gateway", port: 4000, role: "gateway" },
];

/** The port MongoDB gets when that is free. */
export const MONGO_PORT = 4200;

/** Host of everything that only this machine may reach. */
export const LOOPBACK = "127.0.0.1";

/** The compiled folder of a service. */
export function distOf(service: ServiceEntry): string {
  return path.join(REPOSITORY, service.folder, "dist");
}

/** Compiled folders that every service is made of. */
export const SHARED_DIST: readonly string[] = ["proto", "recipe-services/kit"].map((folder) =>
  path.join(REPOSITORY, folder, "dist"),
);

/** What a service must be told, besides what all share. */
export interface Wiring {
  /** Host that the gateway listens on; the services behind it listen on the loopback only. */
  readonly gatewayHost: string;
  /** Port of each service by name. */
  readonly ports: ReadonlyMap<string, number>;
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

/** The environment variables that wire a service to the others. */
export function environmentOf(service: ServiceEntry, started: readonly ServiceEntry[], wiring: Wiring) {
  // GraphQL checks every value twice in development.
  const listen = { NODE_ENV: "production", PALATE_LISTEN: addressOf(wiring, service.name) };
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
        ...data,
        PALATE_RECIPE_SERVICES: recipes.join(","),
      };
  }
}
