import type { MetadataTerms } from "@palate/features";
import { type SparseRows, yieldToEventLoop } from "@palate/numeric";
import { logPopularity } from "../network/mixer-parameters.js";
import { ContentRidge } from "../ridge/content-ridge.js";
import { findMetadataNeighbours } from "../ridge/find-metadata-neighbours.js";
import { addNeighbourScores, type MetadataNeighbours } from "../ridge/metadata-neighbours.js";
import type { Ridge } from "../ridge/ridge.js";
import { itemCounts, type Sequences } from "../sequences/sequences.js";
import { gainAmongTen, TIE_BREAK } from "./blend.js";
import type { ComputationOptions } from "../sequences/computation-options.js";

/** A user's history, oldest first, and the item that they chose next. */
export interface NextChoice {
  readonly history: Int32Array;
  readonly target: number;
}

/** Candidates for the weight, in units in which both kinds of scores have the same deviation. */
const WEIGHTS = [0, 0.1, 0.2, 0.35, 0.6, 1, 1.6, 2.5, 4];
/** Users on whom the deviations are measured. */
const SCALE_USERS = 200;
/** Standard errors by which the best weight must beat the ridge alone. */
const SIGNIFICANCE = 2;

/**
 * Chooses the weight of metadata neighbours beside a ridge: the one that ranks the users' next choices best (NDCG@10 over the whole
 * catalogue, items of the history excluded).
 * @param ridge fitted without the choices
 * @param popularity orders items that neither scores
 * @returns the weight; 0 where neighbours are not significantly better than the ridge alone
 */
async function chooseWeight(
  ridge: Ridge,
  similarities: SparseRows,
  popularity: Float32Array,
  choices: readonly NextChoice[],
  { signal }: Pick<ComputationOptions, "signal"> = {},
): Promise<number> {
  const { itemCount } = ridge;
  const [ridgeScores, neighbourScores] = [new Float32Array(itemCount), new Float32Array(itemCount)];
  const known = choices.filter(({ history }) => history.length > 0);
  const score = ({ history }: NextChoice): void => {
    ridge.scoreInto(history, ridgeScores);
    addNeighbourScores({ similarities, weight: 1 }, history, neighbourScores.fill(0));
  };
  let [ridgeDeviation, neighbourDeviation] = [0, 0];
  for (const choice of known.slice(0, SCALE_USERS)) {
    score(choice);
    ridgeDeviation += deviationOf(ridgeScores);
    neighbourDeviation += deviationOf(neighbourScores);
    await yieldToEventLoop(signal);
  }
  if (neighbourDeviation === 0) return 0;
  // Where the ridge scores nothing at all, any unit will do.
  const unit = ridgeDeviation > 0 ? ridgeDeviation / neighbourDeviation : 1;
  const tie = (TIE_BREAK * ridgeDeviation) / Math.min(SCALE_USERS, known.length);
  const gains = WEIGHTS.map(() => new Float64Array(known.length));
  const seen = new Uint8Array(itemCount);
  for (const [at, choice] of known.entries()) {
    score(choice);
    for (let item = 0; item < itemCount; item++) ridgeScores[item]! += tie * popularity[item]!;
    for (const item of choice.history) seen[item] = 1;
    seen[choice.target] = 1;
    WEIGHTS.forEach((weight, w) => {
      gains[w]![at] = gainAmongTen(choice.target, ridgeScores, unit * weight, neighbourScores, seen);
    });
    for (const item of choice.history) seen[item] = 0;
    seen[choice.target] = 0;
    if (at % 16 === 0) await yieldToEventLoop(signal);
  }
  const means = gains.map((ofUsers) => ofUsers.reduce((sum, gain) => sum + gain, 0) / known.length);
  const best = means.indexOf(Math.max(...means));
  const differences = gains[best]!.map((gain, at) => gain - gains[0]![at]!);
  const error = deviationOf(differences) / Math.sqrt(known.length);
  return means[best]! - means[0]! > SIGNIFICANCE * error ? unit * WEIGHTS[best]! : 0;
}

/**
 * Finds the metadata neighbours of all items and chooses their weight beside a ridge.
 * @param ridge fitted on the sequences
 * @param choices what users of the sequences chose next, which the sequences do not hold
 * @throws the signal's reason when stopped
 */
export async function fitNeighbours(
  terms: MetadataTerms,
  sequences: Sequences,
  ridge: Ridge,
  choices: readonly NextChoice[],
  computation: Pick<ComputationOptions, "signal"> = {},
): Promise<MetadataNeighbours> {
  const similarities = await findMetadataNeighbours(terms, itemCounts(sequences), computation);
  const popularity = logPopularity(sequences.items, sequences.itemCount);
  return { similarities, weight: await chooseWeight(ridge, similarities, popularity, choices, computation) };
}

/** The ridge together with metadata neighbours; the ridge itself where their weight is 0. */
export function withNeighbours(ridge: Ridge, neighbours: MetadataNeighbours | undefined): Ridge {
  return neighbours && neighbours.weight > 0 ? new ContentRidge(ridge, neighbours) : ridge;
}

function deviationOf(values: Float32Array | Float64Array): number {
  let [sum, squares] = [0, 0];
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  return Math.sqrt(Math.max(0, squares / values.length - (sum / values.length) ** 2));
}
