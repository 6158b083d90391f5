import { columnKinds, type Embedders } from "@palate/features";
import type { Artifact, TrainingData, TrainingInput, TrainingResult } from "@palate/recipe";
import { EmbeddedTexts } from "../embedding/embedded-texts.js";
import { NO_MODELS } from "../embedding/model-folders.js";
import { checkThereIsData, inSlices } from "../train-in-slices.js";
import { fingerprintOf } from "../vectors/fingerprint.js";
import { toArtifact, type StoredEmbedding } from "./artifact.js";
import { chooseBlend, type Choice } from "./choose-blend.js";
import { readMetadata, type Metadata } from "./metadata.js";
import { fitParts, itemVectors, spaceOf } from "./model.js";
import { similarItemsOptions } from "./recipe.js";

/** Share of the whole training that is done at the end of each step. */
const STEPS = { embedded: 0.05, read: 0.15, chosen: 0.6, deployed: 0.8 };

/**
 * Reads metadata once, chooses the blend on the training data, then fits twice, starting from the results of that choice: on
 * everything for the deployed model, and without the held-out interactions for the metrics.
 * @param embedders the available embedding models
 * @throws PalateError `failed_precondition` when there are no interactions, or the requested embedding model is missing; the
 *   signal's reason when aborted
 */
export async function train(input: TrainingInput, embedders: Embedders = NO_MODELS): Promise<TrainingResult> {
  checkThereIsData(input);
  const options = similarItemsOptions(input.hyperparameters);
  const read = options.embeddingModel === "" ? null : await readTexts(options.embeddingModel, embedders, input);
  const work = readMetadata(input.everything, options, input.seed, read?.texts);
  const metadata = await inSlices(work, input, (share) => ({
    phase: "fitting",
    fraction: STEPS.embedded + (STEPS.read - STEPS.embedded) * share,
    message: "Reading metadata.",
  }));
  const choice = await inSlices(chooseBlend(input.fit, metadata, options, input.seed), input, (share) => ({
    phase: "tuning",
    fraction: STEPS.read + (STEPS.chosen - STEPS.read) * share,
    message: "Choosing the weights of counts, embeddings and metadata.",
  }));
  const fixed = { metadata, choice, embedding: read?.embedding ?? null };
  const deployed = await fit(input.everything, fixed, input, [STEPS.chosen, STEPS.deployed]);
  const evaluation = await fit(input.fit, fixed, input, [STEPS.deployed, 1]);
  await input.publish({ deployed, evaluation });
  const { counts, contentShare, expansion } = choice.blend;
  const message =
    `Similar items of ${input.everything.itemIds.length} items are ready: counts ${counts}, ` +
    `metadata ${contentShare} of the similarity, expansion ${expansion}.`;
  input.report({ phase: "storing", fraction: 1, message });
  return { backend: "none" };
}

/** Embeds all texts with the embedding model. */
async function readTexts(
  name: string,
  embedders: Embedders,
  { everything, signal, report }: TrainingInput,
): Promise<{ texts: EmbeddedTexts; embedding: StoredEmbedding }> {
  const { itemAttributes, itemColumnKinds } = everything;
  const embedder = await embedders.open(name);
  const texts = new EmbeddedTexts(embedder.dimensions);
  const columns = [...columnKinds(itemAttributes, itemColumnKinds)].filter(([, kind]) => kind === "text");
  const values = columns.flatMap(([column]) => itemAttributes[column]!.map((value) => String(value ?? "")));
  await texts.read(values, embedder, (share) => {
    signal.throwIfAborted();
    const message = `Reading texts with the embedding model "${name}".`;
    report({ phase: "fitting", fraction: STEPS.embedded * share, message });
  });
  const { fingerprint, dimensions } = embedder;
  return { texts, embedding: { name, fingerprint, dimensions } };
}

/** What both models have in common. */
interface Fixed {
  readonly metadata: Metadata;
  readonly choice: Choice;
  readonly embedding: StoredEmbedding | null;
}

/** Fits one of the two models; reports progress from one share of the whole training to another. */
async function fit(
  data: TrainingData,
  { metadata, choice: { blend, earlier }, embedding }: Fixed,
  input: TrainingInput,
  [from, to]: readonly [number, number],
): Promise<Artifact> {
  const work = fitParts(data, metadata, similarItemsOptions(input.hyperparameters), input.seed, { earlier });
  const parts = await inSlices(work, input, (share) => ({
    phase: "fitting",
    fraction: from + (to - from) * share,
    message: "Counting co-interactions and learning embeddings.",
  }));
  const { similar, counts, learned } = parts;
  const lists = { itemIds: data.itemIds, ...similar };
  const space = spaceOf(parts, blend);
  const columns = space.encoder.columns.map((name) => data.itemAttributes[name]!);
  const fingerprints = Int32Array.from(data.itemIds, (_, item) =>
    fingerprintOf(columns.map((column) => String(column[item] ?? ""))),
  );
  const vectors = itemVectors(parts, blend.contentShare);
  return toArtifact({ lists, counts, learned, vectors, fingerprints, blend, space, embedding });
}
