import { encryptionOptions, openKeyRing, type KeyRing } from "@palate/encryption";
import { loadConfig } from "@palate/host";
import { MongoKeyDocuments } from "@palate/store";
import type { Db } from "mongodb";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** A key-encryption key as an option gives it. */
export function keyText(byte: number): string {
  return Buffer.alloc(32, byte).toString("base64");
}

/** The data keys of a database, wrapped with some key-encryption keys, the newest first. */
export function keyRingOf(db: Db, ...keys: readonly string[]): KeyRing {
  const env = { PALATE_ENCRYPTION_KEY: keys.join(",") };
  return openKeyRing(loadConfig(encryptionOptions, env), new MongoKeyDocuments(db));
}

/** A text as it may stand in bytes: as it is, or within base64, as the embedded engine keeps binary values, at any of three offsets. */
function formsOf(text: string): string[] {
  const inBase64 = [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), Buffer.from(text)]).toString("base64");
    // What is left of the characters that depend on the text's neighbours.
    return encoded.slice(Math.ceil((before * 4) / 3), Math.floor(((before + text.length) * 4) / 3));
  });
  return [text, ...inBase64];
}

/** Files below a folder whose bytes contain any of some texts, as "FILE: TEXT". */
export async function filesWith(folder: string, texts: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const bytes = await readFile(file);
    for (const text of texts) if (formsOf(text).some((form) => bytes.includes(form))) found.push(`${file}: ${text}`);
  }
  return found;
}
