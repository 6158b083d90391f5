import { randomUUID } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { JobOwner } from "../storage/job-documents.js";

/** The owner that this process is. The folder must be there; its id is made when it has none. */
export async function jobOwner(folder: string): Promise<JobOwner> {
  const file = path.join(folder, "folder-id");
  const known = await readFile(file, "utf8").catch(() => "");
  return { folder: known || (await newFolderId(file)), run: randomUUID() };
}

async function newFolderId(file: string): Promise<string> {
  const id = randomUUID();
  const draft = `${file}.${id}`;
  try {
    await writeFile(draft, id, { mode: 0o600 });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    // On a full disk this run has an id that the next one does not find: its jobs are told to be abandoned some time later.
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
  return id;
}

/** Whether a job's owner was an earlier run on this folder, which has ended since. */
export function isEarlierRun(owner: JobOwner | undefined, present: JobOwner): boolean {
  return owner !== undefined && owner.folder === present.folder && owner.run !== present.run;
}
