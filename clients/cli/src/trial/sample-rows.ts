import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { upload } from "../api/upload.js";
import type { RecognisedFile } from "../imports/recognise.js";
import { INFER_SCHEMA } from "../operations/imports.js";
import type { Session } from "../session/session.js";

/** Bytes that are looked at in each place. */
const CHUNK = 8192;
/** Lines that are taken from each place. */
const LINES = 5;
/** Places that lines are taken from, as shares of the file. */
const PLACES = [0, 0.25, 0.5, 0.75] as const;

/**
 * A file of lines again, with rows from all over a large one: files often begin with one user's rows. Palate reads the few
 * lines as it reads the file, by the same mapping.
 * @returns undefined where the file is no text in lines, is not here, or is small
 */
export async function sampleRows(session: Session, file: RecognisedFile): Promise<RecognisedFile | undefined> {
  const lines = await sampleLines(file.file).catch(() => undefined);
  if (lines === undefined) return undefined;
  const folder = await mkdtemp(path.join(tmpdir(), "palate-sample-"));
  try {
    const sample = path.join(folder, path.basename(file.file));
    await writeFile(sample, lines);
    const location = await upload(session.api, sample, () => {});
    const { datasetType, mapping } = file;
    const { inferSchema } = await session.api.ask(INFER_SCHEMA, { location, datasetType, mapping });
    return inferSchema ? { ...file, preview: inferSchema.preview } : undefined;
  } catch {
    return undefined; // an example is not worth failing for
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The first lines of a file and some from further places, or undefined where it is small or no text in lines. */
async function sampleLines(file: string): Promise<string | undefined> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    if (size < PLACES.length * CHUNK) return undefined;
    const parts: string[] = [];
    for (const place of PLACES) {
      const { buffer } = await handle.read(Buffer.alloc(CHUNK), 0, CHUNK, Math.floor(place * size));
      if (buffer.includes(0)) return undefined;
      // Where a place is within a line, that line is passed over, and so is the last one, which may go on.
      const lines = buffer
        .toString("utf8")
        .split("\n")
        .slice(place === 0 ? 0 : 1, -1);
      parts.push(...lines.slice(0, LINES));
    }
    return `${parts.join("\n")}\n`;
  } finally {
    await handle.close();
  }
}
