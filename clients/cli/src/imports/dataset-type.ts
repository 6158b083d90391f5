import { InvalidArgumentError } from "commander";
import type { DatasetType } from "../operations/datasets.js";

const TYPES: readonly DatasetType[] = ["INTERACTIONS", "ITEMS", "USERS", "ACTIONS", "ACTION_INTERACTIONS"];

/** Dataset types as one writes them in a shell. */
export const DATASET_TYPES: readonly string[] = TYPES.map((type) => type.toLowerCase().replaceAll("_", "-"));

/** A dataset type in any spelling: "items", "ITEMS", "action-interactions". */
export function parseDatasetType(text: string): DatasetType {
  const wanted = text.toUpperCase().replaceAll("-", "_");
  const type = TYPES.find((each) => each === wanted);
  if (type) return type;
  throw new InvalidArgumentError(`It must be one of ${DATASET_TYPES.join(", ")}.`);
}
