import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startMongo } from "@palate/mongo";
import type { RunningMongo } from "@palate/mongo";

/** A server for the tests of one file. */
export interface TestMongo {
  readonly uri: string;
  /** The server's name and version, for reports: "embedded FerretDB 1.24.2". */
  readonly name: string;
  /** False for a server given by PALATE_TEST_MONGODB_URI, which tests must not kill or restart. */
  readonly owned: boolean;
  /** A database name that no other test uses: a random prefix and `suffix`. */
  databaseName(suffix: string): string;
  /** Gives the server up; the last user of the process stops it and deletes its data. */
  stop(): Promise<void>;
}

let running: Promise<{ mongo: RunningMongo; folder: string | undefined }> | undefined;
let users = 0;

/**
 * The process's MongoDB engine, started on first use: the embedded engine on a temporary folder and a free port,
 * or the server that PALATE_TEST_MONGODB_URI names. Vitest gives every test file a process, and so an engine.
 */
export async function startTestMongo(): Promise<TestMongo> {
  users++;
  running ??= start();
  const { mongo, folder } = await running;
  const prefix = `palate_test_${randomBytes(4).toString("hex")}`;
  let stopped = false;
  return {
    uri: mongo.uri,
    name: `${mongo.engine} ${mongo.kind} ${mongo.version}`,
    owned: folder !== undefined,
    databaseName: (suffix) => `${prefix}_${suffix}`,
    async stop() {
      if (stopped) return;
      stopped = true;
      if (--users > 0) return;
      running = undefined;
      await mongo.stop();
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

async function start(): Promise<{ mongo: RunningMongo; folder: string | undefined }> {
  const uri = process.env.PALATE_TEST_MONGODB_URI;
  if (uri) return { mongo: await startMongo({ uri, probe: false }), folder: undefined };
  const folder = await temporaryFolder();
  const mongo = await startMongo({ dataDir: folder, engines: ["embedded"], probe: false });
  return { mongo, folder };
}

/** A new temporary folder, for the caller to delete; what an aborted test leaves is deleted when the process exits. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "palate-test-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
