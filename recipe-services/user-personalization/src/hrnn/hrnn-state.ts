import { ContentEncoder } from "@palate/features";
import type { Artifact } from "@palate/recipe";
import { fromStateArtifact, toStateArtifact } from "@palate/sequence";
import type { GruShape } from "../gru/gru-parameters.js";
import type { GruState } from "../gru/train-gru.js";
import type { MetadataReaders } from "./metadata.js";
import { ContentTower } from "./content-tower.js";

/** Where a training is, with what reads metadata: fitted anew on data that has grown, its numbers would mean other things. */
export interface HrnnState {
  readonly network: GruState;
  readonly readers: MetadataReaders;
}

/** The state as an artefact: tensors as of `toStateArtifact`, and "taste.*" and "users.*" where metadata takes part. */
export function toHrnnState({ network, readers }: HrnnState, itemIds: readonly string[]): Artifact {
  const { tensors, metadata } = toStateArtifact(network, itemIds);
  const { taste, users } = readers;
  const all = new Map([...tensors, ...(taste?.toTensors() ?? []), ...(users?.toTensors("users") ?? [])]);
  return { tensors: all, metadata: { ...metadata, taste: taste !== undefined, users: users !== undefined } };
}

/**
 * Reads a state back.
 * @returns undefined when it belongs to other items than these, because the data has grown since
 */
export function fromHrnnState(artifact: Artifact, itemIds: readonly string[]): HrnnState | undefined {
  const network = fromStateArtifact<GruShape>(artifact, itemIds);
  if (network === undefined) return undefined;
  const { tensors, metadata } = artifact;
  const taste = metadata["taste"] === true ? ContentTower.fromTensors(tensors) : undefined;
  const users = metadata["users"] === true ? ContentEncoder.fromTensors(tensors, "users") : undefined;
  return { network, readers: { taste, users } };
}
