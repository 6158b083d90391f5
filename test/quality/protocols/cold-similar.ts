import { ContentEncoder, rarityOfFeatures } from "@palate/features";
import { Random, selectTop, denseOf } from "@palate/numeric";
import {
  amazonSplit,
  answersOf,
  compared,
  evaluate,
  evaluateInDetail,
  replicaViewOf,
  type Artifact,
  type EvaluationOptions,
  type ItemRecipe,
  type Measured,
  type Recommend,
  type TrainingData,
} from "@palate/recipe";
import { describeData } from "../load-folder.js";
import { measureTraining } from "../measure.js";
import type { Protocol } from "../protocol.js";
import { train } from "../train.js";
import { coldHalf, randomAnswers, TIED, tiesShuffled } from "./cold-half.js";
import { ITEM_COLUMNS } from "./next-items.js";

/** Runs a fit to its end. */
function finished<T>(work: Generator<number, T>): T {
  for (let step = work.next(); ; step = work.next()) if (step.done) return step.value;
}

/** Items by the cosine of their metadata, each value weighted by how rare it is: what one can do without interactions. */
function contentAnswers({ itemAttributes, itemIds, itemColumnKinds }: TrainingData): Recommend {
  const kinds = itemColumnKinds === undefined ? {} : { kinds: itemColumnKinds };
  const encoder = finished(ContentEncoder.fit(itemAttributes, kinds));
  const rows = finished(encoder.encodeAll(itemAttributes, itemIds.length));
  const { width } = encoder;
  const rarity = rarityOfFeatures(rows, encoder);
  const vectors = denseOf(rows, width).map((value, at) => value * rarity[at % width]!);
  const lengths = Float64Array.from(itemIds, (_, item) =>
    Math.hypot(...vectors.subarray(item * width, (item + 1) * width)),
  );
  const scores = new Float32Array(itemIds.length);
  return ({ item: asked, excluded, limit }) => {
    const own = vectors.subarray(asked * width, (asked + 1) * width);
    const features = Array.from(own.keys()).filter((feature) => own[feature] !== 0);
    for (let item = 0; item < scores.length; item++) {
      let sum = 0;
      for (const feature of features) sum += own[feature]! * vectors[item * width + feature]!;
      scores[item] = lengths[item]! > 0 ? sum / (lengths[item]! * lengths[asked]!) : 0;
    }
    const { indices, scores: best } = selectTop(scores, limit, excluded);
    return { items: indices, scores: best };
  };
}

/** How well items that nobody has had yet are found as being like one that the user had. */
export const coldSimilar: Protocol<ItemRecipe> = {
  name: "cold-similar",
  description:
    "learns all but every interaction with a random half of the items; asked about the last other item of 1,000 users " +
    "which of these they had; equal scores in random order",
  needsData: true,
  columns: ITEM_COLUMNS,
  fits: (recipe): recipe is ItemRecipe => recipe.descriptor.type === "RELATED_ITEMS",
  async run(recipe, { options, dataset, say }) {
    const { name, data } = await dataset();
    const { fit, histories, cases, cold } = coldHalf(data, options.seed);
    if (cases.length === 0) throw new Error(`${options.data} has no user that cold-similar can ask about.`);
    const training = await train(recipe, { fit, held: amazonSplit(fit, options.seed).fit }, options, say);
    const replica = replicaViewOf(histories, fit);
    const asked: EvaluationOptions = { maximumCases: Infinity, requestTime: options.requestTime };
    const excluded = Uint8Array.from({ length: replica.itemCount }, (_, item) => 1 - (cold[item] ?? 0));
    const among = (answers: Recommend): Recommend => {
      const random = new Random(options.seed);
      return (query) => tiesShuffled(answers({ ...query, excluded, limit: TIED }), query.limit, random);
    };
    say("Comparing metadata alone.");
    const byContent = evaluateInDetail(replica, among(contentAnswers(fit)), cases, asked);
    const byChance = evaluateInDetail(replica, among(randomAnswers(replica.itemCount, options.seed)), cases, asked);
    let differences = {};
    const measure = (artifact: Artifact, last: boolean): Measured => {
      const answers = among(answersOf(recipe, artifact, replica, histories));
      if (!last) return { metrics: evaluate(replica, answers, cases, asked), baseline: {} };
      const evaluated = evaluateInDetail(replica, answers, cases, asked);
      differences = evaluated.table.differences(byContent.table, options.seed);
      return compared(evaluated, byChance, options.seed);
    };
    const outcome = measureTraining(recipe, training, measure, "random", say);
    const columns = Object.keys(data.itemAttributes).join(", ") || "none";
    return {
      ...outcome,
      references: { ...outcome.references, "content only": byContent.metrics },
      differences: { ...outcome.differences, "content only": differences },
      data: describeData(name, data, options.minItemInteractions),
      asked: `${cases.length} users, ranked among the items without interactions, whose columns are ${columns}`,
      cases: cases.length,
    };
  },
};
