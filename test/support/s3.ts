import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

/** What is used of the s3rver package, which has no types. */
interface S3Server {
  run(): Promise<AddressInfo>;
  close(): Promise<void>;
}

type S3ServerClass = new (options: object) => S3Server;

/** An S3-compatible store for one test file. */
export interface TestS3 {
  /** Its address. */
  readonly endpoint: string;
  /** Environment of a datasets service that may read the bucket. */
  readonly env: Record<string, string>;
  /** Stores an object. */
  put(key: string, content: string | Buffer): Promise<void>;
  /** Stops it and removes its data. */
  stop(): Promise<void>;
}

/** Starts a store with one bucket on a free port. */
export async function startTestS3(bucket: string): Promise<TestS3> {
  const directory = await mkdtemp(path.join(tmpdir(), "palate-s3-"));
  const Server = createRequire(import.meta.url)("s3rver") as S3ServerClass;
  const configureBuckets = [{ name: bucket, configs: [] }];
  const server = new Server({ port: 0, address: "127.0.0.1", silent: true, directory, configureBuckets });
  const { port } = await server.run();
  const endpoint = `http://127.0.0.1:${port}`;
  return {
    endpoint,
    env: {
      PALATE_S3_ENDPOINT: endpoint,
      PALATE_S3_BUCKETS: bucket,
      PALATE_S3_ACCESS_KEY_ID: "S3RVER",
      PALATE_S3_SECRET_ACCESS_KEY: "S3RVER",
    },
    async put(key, content) {
      const response = await fetch(`${endpoint}/${bucket}/${key}`, {
        method: "PUT",
        body: new Uint8Array(Buffer.from(content)),
      });
      if (!response.ok) throw new Error(`the test store answered ${response.status}: ${await response.text()}`);
    },
    async stop() {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
