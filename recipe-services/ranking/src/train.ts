import { Random } from "@palate/numeric";
import {
  candidateLists,
  contextAt,
  filterInteractions,
  replicaViewOf,
  sample,
  type Artifact,
  type CandidateList,
  type EvaluationCase,
  type ListSource,
  type TrainingData,
  type TrainingInput,
  type TrainingResult,
} from "@palate/recipe";
import { SequenceServing, trainSequenceRecipe } from "@palate/sequence";
import { withWeights, type ListWeights } from "./artifact.js";
import { FEATURES, featuresOf } from "./features.js";
import { fitChoices, type ListFeatures } from "./model.js";

/** Most lists that the weights are fitted on: two weights need no more. */
const MAX_LISTS = 1_000;
/** Items of a list besides the chosen one. */
const OTHERS = 99;
/** Strength of the prior, the sequence model's own probabilities, in lists. */
const PRIOR_STRENGTH = 3;

/** Holds out the newest interaction of some users, to make lists of. */
function holdOutNewest(data: TrainingData, random: Random): { rest: TrainingData; cases: EvaluationCase[] } {
  const { offsets, items, timestamps, userIds } = data;
  const eligible = userIds.map((_, user) => user).filter((user) => offsets[user + 1]! - offsets[user]! >= 2);
  // Each held-out interaction is lost to the network: no more than 2 % of all.
  const count = Math.min(MAX_LISTS, Math.ceil(eligible.length / 2), Math.max(50, Math.floor(0.02 * items.length)));
  const newest = sample(eligible, count, random).map((user) => ({ user, at: offsets[user + 1]! - 1 }));
  const away = new Set(newest.map(({ at }) => at));
  return {
    rest: filterInteractions(data, (interaction) => !away.has(interaction)),
    cases: newest.map(({ user, at }) => {
      const context = contextAt(data, at);
      return { user, truth: [items[at]!], timestamp: timestamps[at]!, ...(context && { context }) };
    }),
  };
}

/** The weights under which the items actually chosen are most probable. */
function fitWeights(artifact: Artifact, known: TrainingData, lists: readonly CandidateList[]): ListWeights {
  const replica = replicaViewOf(known);
  const serving = new SequenceServing(artifact, replica, { coarseFrom: Infinity });
  const examples: ListFeatures[] = [];
  for (const { user, items, timestamp, context } of lists) {
    const values = featuresOf(serving, replica, { user, timestamp, ...(context && { context }) }, items);
    // An item that occurs only in the held-out interaction is unknown to the model.
    if (values === undefined || values.some(Number.isNaN)) continue;
    examples.push({ values, chosen: items.length - 1 });
  }
  const prior = FEATURES.map((feature) => (feature === "score" ? serving.model.inverseTemperature : 0));
  const weights = fitChoices(examples, prior, PRIOR_STRENGTH);
  return Object.fromEntries(FEATURES.map((feature, k) => [feature, weights[k]!])) as ListWeights;
}

/**
 * Trains the sequence model, and with every checkpoint the weights that turn its scores into rankings, on lists that hold the
 * newest interaction of some users, which the model has not seen.
 * @param source where the other items of those lists come from
 * @throws PalateError `failed_precondition` when there are no interactions; the signal's reason when aborted
 */
export async function trainRanking(input: TrainingInput, source: ListSource): Promise<TrainingResult> {
  const random = new Random(input.seed);
  const { rest, cases } = holdOutNewest(input.fit, random);
  const lists = candidateLists(rest, cases, OTHERS, source, random);
  return trainSequenceRecipe({
    ...input,
    fit: rest,
    async publish({ deployed, evaluation }) {
      const weights = fitWeights(evaluation, rest, lists);
      await input.publish({ deployed: withWeights(deployed, weights), evaluation: withWeights(evaluation, weights) });
    },
  });
}
