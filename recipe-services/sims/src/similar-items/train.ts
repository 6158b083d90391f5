import type { Artifact, TrainingData, TrainingInput, TrainingResult } from "@palate/kit/recipe";
import { checkThereIsData, inSlices } from "../train-in-slices.js";
import { fingerprintOf } from "../vectors/fingerprint.js";
import { toArtifact } from "./artifact.js";
import { chooseBlend } from "./choose-blend.js";
import { fitParts, itemVectors, type Blend } from "./model.js";
import { similarItemsOptions } from "./recipe.js";

/** Share of a training that choosing takes; the two fits share the rest. */
const CHOOSING = 0.5;

/**
 * Chooses the blend on what may be learned from, then fits twice: on everything for what is deployed, without the held-out
 * interactions for metrics.
 * @throws PalateError `failed_precondition` when there are no interactions; the signal's reason when aborted
 */
export async function train(input: TrainingInput): Promise<TrainingResult> {
  checkThereIsData(input);
  const options = similarItemsOptions(input.hyperparameters);
  const blend = await inSlices(chooseBlend(input.fit, options, input.seed), input, (share) => ({
    phase: "tuning",
    fraction: CHOOSING * share,
    message: "Choosing how much counts, vectors and metadata are worth.",
  }));
  const deployed = await fit(input.everything, input, blend, CHOOSING);
  const evaluation = await fit(input.fit, input, blend, (1 + CHOOSING) / 2);
  await input.publish({ deployed, evaluation });
  const message =
    `Similar items of ${input.everything.itemIds.length} items are ready: counts ${blend.counts}, ` +
    `metadata ${blend.contentShare} of likeness, expansion ${blend.expansion}.`;
  input.report({ phase: "storing", fraction: 1, message });
  return { backend: "none" };
}

/** Fits one of the two models; `from` is the share of the training done before. */
async function fit(data: TrainingData, input: TrainingInput, blend: Blend, from: number): Promise<Artifact> {
  const work = fitParts(data, similarItemsOptions(input.hyperparameters), input.seed);
  const parts = await inSlices(work, input, (share) => ({
    phase: "fitting",
    fraction: from + ((1 - CHOOSING) / 2) * share,
    message: "Counting co-interactions, learning vectors and reading metadata.",
  }));
  const { similar, counts, learned } = parts;
  const lists = { itemIds: data.itemIds, ...similar };
  const space = { ...parts.space, contentShare: blend.contentShare, expansion: blend.expansion };
  const columns = space.encoder.columns.map((name) => data.itemAttributes[name]!);
  const fingerprints = Int32Array.from(data.itemIds, (_, item) =>
    fingerprintOf(columns.map((column) => String(column[item] ?? ""))),
  );
  const vectors = itemVectors(parts, blend.contentShare);
  return toArtifact({ lists, counts, learned, vectors, fingerprints, blend, space });
}
