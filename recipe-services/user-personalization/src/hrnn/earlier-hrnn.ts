import type { Artifact, TrainingData } from "@palate/recipe";
import type { EarlierGru } from "../gru/continue-gru.js";
import type { GruShape } from "../gru/gru-parameters.js";
import { fromHrnnArtifact } from "./hrnn-artifact.js";
import { readMetadata } from "./metadata.js";

/**
 * The network of an earlier model, to start from.
 * @param shape of the network to train
 * @param data what it is to be trained on
 * @returns undefined when the model has no network, or one of another width or number of units
 */
export async function earlierNetwork(
  artifact: Artifact,
  shape: GruShape,
  data: TrainingData,
  signal: AbortSignal,
): Promise<EarlierGru | undefined> {
  const { itemIds, model, users } = fromHrnnArtifact(artifact);
  const { gru, taste } = model.parts;
  if (gru?.shape.width !== shape.width || gru.shape.hidden !== shape.hidden) return undefined;
  const { itemFeatures, userFeatures } = await readMetadata({ taste, users }, data, signal);
  const numbers = new Map(itemIds.map((id, item) => [id, item]));
  return {
    shape: gru.shape,
    parameters: gru.parameters,
    itemOf: (item) => {
      const own = numbers.get(data.itemIds[item]!) ?? -1;
      // All that it knows of an item that nobody had is that nobody had it.
      return own < 0 || model.isUntrained(own) ? -1 : own;
    },
    itemFeatures: gru.shape.itemFeatures > 0 ? itemFeatures : undefined,
    userFeatures: gru.shape.userFeatures > 0 ? userFeatures : undefined,
  };
}
