import { invalidArgument } from "@palate/host";
import { textsOf, textTensors } from "@palate/numeric";
import type { Artifact } from "@palate/recipe";
import type { AttributeAffinityOptions } from "./model.js";

/** What serving needs in addition to the live histories and attributes, and a record of the training data. */
export interface AttributeAffinityModel {
  /** How affinities are computed. */
  readonly options: AttributeAffinityOptions;
  /** Names of the item columns at training. */
  readonly columns: readonly string[];
}

const OPTIONS = ["halfLife", "floor", "priorStrength"] as const;

/** The model as an artefact: tensors "columns.*" (texts); metadata "options". */
export function toArtifact({ options, columns }: AttributeAffinityModel): Artifact {
  return { tensors: new Map(textTensors("columns", columns)), metadata: { options } };
}

/**
 * Reads the model back.
 * @throws PalateError `invalid_argument` when something is missing or does not fit
 */
export function fromArtifact({ tensors, metadata }: Artifact): AttributeAffinityModel {
  const columns = textsOf(tensors, "columns");
  const options = metadata["options"] as AttributeAffinityOptions | undefined;
  const missing = OPTIONS.filter((name) => !Number.isFinite(options?.[name]));
  if (options === undefined || missing.length > 0)
    throw invalidArgument(`The model's options lack ${missing.join(", ")}; each must be a number.`);
  return { options, columns };
}
