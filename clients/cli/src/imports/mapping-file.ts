import { readFile } from "node:fs/promises";
import { usage } from "../errors/failure.js";
import type { ImportMapping } from "../operations/imports.js";

/**
 * The mapping in a file: JSON of the API's ImportMappingInput, as `palate infer --output` writes it. What is in it is
 * checked by the services.
 * @throws Failure when the file cannot be read or is no JSON object
 */
export async function readMapping(file: string | undefined): Promise<ImportMapping | undefined> {
  if (file === undefined) return undefined;
  const text = await readFile(file, "utf8").catch((error: Error) => {
    throw usage(`The mapping "${file}" cannot be read: ${error.message}.`);
  });
  let mapping: unknown;
  try {
    mapping = JSON.parse(text);
  } catch (error) {
    throw usage(
      `The mapping "${file}" is no JSON: ${(error as Error).message}.`,
      "palate infer FILE --output writes one.",
    );
  }
  if (typeof mapping === "object" && mapping !== null && !Array.isArray(mapping)) return mapping;
  throw usage(`The mapping "${file}" is no JSON object.`, "palate infer FILE --output writes one.");
}
