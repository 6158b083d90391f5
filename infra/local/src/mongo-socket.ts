import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** Most bytes of a socket file's path; systems differ between 104 and 108, with its end. */
const MAX_PATH_BYTES = 100;

/** Where the database listens. */
export interface MongoSocket {
  /** The file's path. */
  readonly path: string;
  /** Removes the folder that was made for it, if one was. */
  remove(): void;
}

/** A place for the database's socket file: in a folder of its own that others cannot enter, elsewhere when the path gets too long. */
export function socketIn(folder: string): MongoSocket {
  const inside = path.join(folder, "mongodb.sock");
  if (Buffer.byteLength(inside) <= MAX_PATH_BYTES) return { path: inside, remove: () => {} };
  const made = mkdtempSync(path.join(tmpdir(), "palate-"));
  return { path: path.join(made, "mongodb.sock"), remove: () => rmSync(made, { recursive: true, force: true }) };
}
