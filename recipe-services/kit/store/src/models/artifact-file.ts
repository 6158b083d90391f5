import { failedPrecondition, invalidArgument } from "@palate/host";
import type { Artifact } from "@palate/recipe";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.js";

/** What a model file says of itself: which recipe wrote it, and in which version of that recipe's artefact format. */
export interface ArtifactFormat {
  /** The recipe's name. */
  readonly name: string;
  /** Version of the recipe's artefact format. */
  readonly formatVersion: number;
}

const RECIPE = "palate.recipe";
const FORMAT_VERSION = "palate.format_version";

/**
 * An artefact as a safetensors file. In `__metadata__` each metadata value stands as JSON under its name, beside
 * "palate.recipe" and "palate.format_version".
 * @returns the file in pieces; the tensors' memory is not copied
 * @throws PalateError `invalid_argument` when a metadata value has no JSON form, or its name begins with "palate."
 */
export function encodeArtifact(artifact: Artifact, format: ArtifactFormat): Uint8Array[] {
  const metadata = new Map([
    [RECIPE, format.name],
    [FORMAT_VERSION, String(format.formatVersion)],
  ]);
  for (const [name, value] of Object.entries(artifact.metadata)) {
    const json = JSON.stringify(value) as string | undefined;
    if (json === undefined)
      throw invalidArgument(`The model's metadata "${name}" is ${typeof value}; it must be JSON.`);
    if (name.startsWith("palate."))
      throw invalidArgument(`The model's metadata "${name}" must not begin with "palate.".`);
    metadata.set(name, json);
  }
  return encodeSafetensors({ tensors: artifact.tensors, metadata });
}

/**
 * Reads an artefact back; tensors are views of the file's memory.
 * @param format what the reader understands
 * @throws PalateError `failed_precondition` when another recipe or another format version wrote it;
 *   `invalid_argument` when it is not a whole, well-formed file
 */
export function decodeArtifact(file: Uint8Array, format: ArtifactFormat): Artifact {
  const { tensors, metadata } = decodeSafetensors(file);
  const found = `${metadata.get(RECIPE) ?? "an unknown recipe"} in format ${metadata.get(FORMAT_VERSION) ?? "?"}`;
  const known = `${format.name} in format ${format.formatVersion}`;
  if (found !== known) {
    throw failedPrecondition(`The model was written by ${found}; this service reads ${known}. Train it again.`);
  }
  const values: [string, unknown][] = [];
  for (const [name, json] of metadata) {
    if (name === RECIPE || name === FORMAT_VERSION) continue;
    try {
      values.push([name, JSON.parse(json)]);
    } catch {
      throw invalidArgument(`The model's metadata "${name}" is not JSON.`);
    }
  }
  return { tensors, metadata: Object.fromEntries(values) };
}
