import { invalidArgument } from "@palate/host";
import { textsOf, textTensors } from "@palate/numeric";
import type { Artifact, Objective } from "@palate/recipe";
import { SequenceModel, type SequenceModelMetadata } from "./sequence-model.js";

/** A trained sequence model with the external ids of its items. */
export interface IdentifiedSequenceModel {
  readonly itemIds: readonly string[];
  readonly model: SequenceModel;
  /** What is made much of beside relevance; absent: nothing. */
  readonly objective?: Objective | undefined;
}

/** The model as an artefact: tensors "itemIds.*" (texts) and the sequence model's own, whose settings are metadata. */
export function toSequenceArtifact({ itemIds, model, objective }: IdentifiedSequenceModel): Artifact {
  return {
    tensors: new Map([...textTensors("itemIds", itemIds), ...model.toTensors()]),
    metadata: { sequence: model.metadata(), ...(objective && { objective }) },
  };
}

/**
 * Reads a model back.
 * @throws PalateError `invalid_argument` when a tensor is missing or does not fit the others
 */
export function fromSequenceArtifact({ tensors, metadata }: Artifact): IdentifiedSequenceModel {
  const itemIds = textsOf(tensors, "itemIds");
  const settings = metadata["sequence"] as SequenceModelMetadata | undefined;
  if (settings?.itemCount !== itemIds.length) {
    throw invalidArgument(
      `The model's metadata "sequence" speaks of ${settings?.itemCount ?? "no"} items, its ids of ${itemIds.length}.`,
    );
  }
  try {
    const objective = metadata["objective"] as Objective | undefined;
    return { itemIds, model: SequenceModel.fromTensors(tensors, settings), objective };
  } catch (error) {
    throw invalidArgument(`The model cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
