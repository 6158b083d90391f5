import { randomBytes } from "node:crypto";
import { MongoClient } from "mongodb";
import type { Document } from "mongodb";
import { CHECKS } from "./probe-checks.js";

/** The name of one thing a server can do or not; CHECKS says how each is found out. */
export type Capability = keyof typeof CHECKS;

/** What a server can do, as found out by trying it. */
export type Capabilities = Readonly<Record<Capability, boolean>>;

/** The outcome of probeCapabilities. */
export interface ProbeResult {
  readonly can: Capabilities;
  /** The capabilities Palate relies on that are missing. Anything but an empty list means: do not use it. */
  readonly missingRequired: readonly Capability[];
  /** The most writes a client may put into one command; drivers split larger bulks. */
  readonly maxWriteBatchSize: number;
  /** The newest wire protocol version the server speaks. */
  readonly wireVersion: number;
  /** One line for people: the server and what it lacks. */
  readonly summary: string;
}

/**
 * Tries about twenty operations, one after the other, in a throw-away database, and drops it.
 * Throws when the server cannot be reached; an operation that fails is a capability it lacks.
 */
export async function probeCapabilities(uri: string): Promise<ProbeResult> {
  const client = new MongoClient(uri, { maxPoolSize: 30, serverSelectionTimeoutMS: 5_000 });
  const db = client.db(`palate_probe_${randomBytes(4).toString("hex")}`);
  try {
    const hello = await db.command({ hello: 1 });
    const server = serverName(await db.command({ buildInfo: 1 }));
    const names = Object.keys(CHECKS) as Capability[];
    const can = {} as Record<Capability, boolean>;
    for (const name of names) can[name] = await holds(name, uri, client, db.databaseName);
    return {
      can,
      missingRequired: names.filter((name) => CHECKS[name].required && !can[name]),
      maxWriteBatchSize: Number(hello.maxWriteBatchSize),
      wireVersion: Number(hello.maxWireVersion),
      summary: summarise(server, can),
    };
  } finally {
    await db.dropDatabase().catch(() => {});
    await client.close();
  }
}

async function holds(name: Capability, uri: string, client: MongoClient, database: string): Promise<boolean> {
  const db = client.db(database);
  const others: MongoClient[] = [];
  const otherClient = () => {
    const other = new MongoClient(uri, { maxPoolSize: 1, retryWrites: false, retryReads: false });
    others.push(other);
    return other;
  };
  try {
    return await CHECKS[name].works({ client, db, collection: db.collection(name), otherClient });
  } catch {
    return false;
  } finally {
    await Promise.all(others.map((other) => other.close()));
  }
}

/** The server's name and version from its buildInfo, such as "MongoDB 8.2.6" or "FerretDB 1.24.2". */
export function serverName(build: Document): string {
  const ferret: unknown = build.ferretdbVersion ?? build.ferretdb?.version;
  return ferret === undefined ? `MongoDB ${build.version}` : `FerretDB ${String(ferret).replace(/^v/, "")}`;
}

function summarise(server: string, can: Capabilities): string {
  const labels = (required: boolean) =>
    Object.entries(CHECKS)
      .filter(([name, check]) => check.required === required && !can[name as Capability])
      .map(([, check]) => check.label)
      .join(", ");
  const unfit = labels(true);
  const lacks = labels(false);
  const parts = [server, ...(unfit ? [`UNFIT for Palate, which needs ${unfit}`] : [])];
  return `${parts.join(": ")}; ${lacks ? `lacks ${lacks}` : "has everything"}`;
}
