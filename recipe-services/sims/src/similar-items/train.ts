import type { Artifact, TrainingData, TrainingInput, TrainingResult } from "@palate/kit/recipe";
import { checkThereIsData, inSlices } from "../train-in-slices.js";
import { fingerprintOf } from "../vectors/fingerprint.js";
import { toArtifact } from "./artifact.js";
import { chooseBlend, type Choice } from "./choose-blend.js";
import { readMetadata, type Metadata } from "./metadata.js";
import { fitParts, itemVectors, spaceOf } from "./model.js";
import { similarItemsOptions } from "./recipe.js";

/** How far on the way each step ends, as a share of the whole training. */
const STEPS = { read: 0.15, chosen: 0.6, deployed: 0.8 };

/**
 * Reads metadata once, chooses the blend on what may be learned from, then fits twice from where choosing ended: on everything
 * for what is deployed, without the held-out interactions for metrics.
 * @throws PalateError `failed_precondition` when there are no interactions; the signal's reason when aborted
 */
export async function train(input: TrainingInput): Promise<TrainingResult> {
  checkThereIsData(input);
  const options = similarItemsOptions(input.hyperparameters);
  const metadata = await inSlices(readMetadata(input.everything, options, input.seed), input, (share) => ({
    phase: "fitting",
    fraction: STEPS.read * share,
    message: "Reading metadata.",
  }));
  const choice = await inSlices(chooseBlend(input.fit, metadata, options, input.seed), input, (share) => ({
    phase: "tuning",
    fraction: STEPS.read + (STEPS.chosen - STEPS.read) * share,
    message: "Choosing how much counts, vectors and metadata are worth.",
  }));
  const deployed = await fit(input.everything, metadata, choice, input, [STEPS.chosen, STEPS.deployed]);
  const evaluation = await fit(input.fit, metadata, choice, input, [STEPS.deployed, 1]);
  await input.publish({ deployed, evaluation });
  const { counts, contentShare, expansion } = choice.blend;
  const message =
    `Similar items of ${input.everything.itemIds.length} items are ready: counts ${counts}, ` +
    `metadata ${contentShare} of likeness, expansion ${expansion}.`;
  input.report({ phase: "storing", fraction: 1, message });
  return { backend: "none" };
}

/** Fits one of the two models, from one share of the whole training to another. */
async function fit(
  data: TrainingData,
  metadata: Metadata,
  { blend, earlier }: Choice,
  input: TrainingInput,
  [from, to]: readonly [number, number],
): Promise<Artifact> {
  const work = fitParts(data, metadata, similarItemsOptions(input.hyperparameters), input.seed, { earlier });
  const parts = await inSlices(work, input, (share) => ({
    phase: "fitting",
    fraction: from + (to - from) * share,
    message: "Counting co-interactions and learning vectors.",
  }));
  const { similar, counts, learned } = parts;
  const lists = { itemIds: data.itemIds, ...similar };
  const space = spaceOf(parts, blend);
  const columns = space.encoder.columns.map((name) => data.itemAttributes[name]!);
  const fingerprints = Int32Array.from(data.itemIds, (_, item) =>
    fingerprintOf(columns.map((column) => String(column[item] ?? ""))),
  );
  const vectors = itemVectors(parts, blend.contentShare);
  return toArtifact({ lists, counts, learned, vectors, fingerprints, blend, space });
}
