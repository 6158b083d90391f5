import type { MetadataTerms } from "@palate/features";
import { type SparseRows, breathe, type Hooks } from "@palate/numeric";
import { logPopularity } from "../network/mixer-parameters.js";
import { contentNeighbours } from "../ridge/find-metadata-neighbours.js";
import { ContentRidge } from "../ridge/content-ridge.js";
import { addAlike, type Alike } from "../ridge/metadata-neighbours.js";
import type { Ridge } from "../ridge/ridge.js";
import { itemCounts, type Sequences } from "../sequences/sequences.js";
import { gainAmongTen, TIE_BREAK } from "./blend.js";

/** What a user had, oldest first, and what they chose next. */
export interface NextChoice {
  readonly history: Int32Array;
  readonly target: number;
}

/** Deviations of likeness for one of the ridge's scores. */
const WEIGHTS = [0, 0.1, 0.2, 0.35, 0.6, 1, 1.6, 2.5, 4];
/** Users that tell how far the scores of the two deviate. */
const SCALE_USERS = 200;
/** Standard errors by which likeness has to do better than the ridge alone. */
const BEYOND = 2;

/**
 * How much items' likeness by metadata should count beside a ridge: what ranks what users chose next best (NDCG@10, the whole
 * catalogue ranked, the rest of the history left out).
 * @param ridge fitted without the choices
 * @param popularity orders items that neither tells apart
 * @returns the weight of a `ContentRidge`; 0 where likeness does not help, beyond chance
 */
export async function contentWeight(
  ridge: Ridge,
  neighbours: SparseRows,
  popularity: Float32Array,
  choices: readonly NextChoice[],
  { signal }: Pick<Hooks, "signal"> = {},
): Promise<number> {
  const { itemCount } = ridge;
  const [scores, alike] = [new Float32Array(itemCount), new Float32Array(itemCount)];
  const known = choices.filter(({ history }) => history.length > 0);
  const into = ({ history }: NextChoice): void => {
    ridge.scoreInto(history, scores);
    addAlike({ neighbours, weight: 1 }, history, alike.fill(0));
  };
  let [ridgeDeviation, alikeDeviation] = [0, 0];
  for (const choice of known.slice(0, SCALE_USERS)) {
    into(choice);
    ridgeDeviation += deviationOf(scores);
    alikeDeviation += deviationOf(alike);
    await breathe(signal);
  }
  if (alikeDeviation === 0) return 0;
  // Where the ridge says nothing at all, any weight will do.
  const unit = ridgeDeviation > 0 ? ridgeDeviation / alikeDeviation : 1;
  const tie = (TIE_BREAK * ridgeDeviation) / Math.min(SCALE_USERS, known.length);
  const gains = WEIGHTS.map(() => new Float64Array(known.length));
  const seen = new Uint8Array(itemCount);
  for (const [at, choice] of known.entries()) {
    into(choice);
    for (let item = 0; item < itemCount; item++) scores[item]! += tie * popularity[item]!;
    for (const item of choice.history) seen[item] = 1;
    seen[choice.target] = 1;
    WEIGHTS.forEach((weight, w) => (gains[w]![at] = gainAmongTen(choice.target, scores, unit * weight, alike, seen)));
    for (const item of choice.history) seen[item] = 0;
    seen[choice.target] = 0;
    if (at % 16 === 0) await breathe(signal);
  }
  const means = gains.map((gain) => gain.reduce((sum, one) => sum + one, 0) / known.length);
  const best = means.indexOf(Math.max(...means));
  const differences = gains[best]!.map((gain, at) => gain - gains[0]![at]!);
  const error = deviationOf(differences) / Math.sqrt(known.length);
  return means[best]! - means[0]! > BEYOND * error ? unit * WEIGHTS[best]! : 0;
}

/**
 * Which items are alike by metadata, and how much that should count beside a ridge.
 * @param ridge fitted on the sequences
 * @param choices what users of the sequences chose next, which the sequences do not hold
 * @throws the signal's reason when stopped
 */
export async function fitContent(
  terms: MetadataTerms,
  sequences: Sequences,
  ridge: Ridge,
  choices: readonly NextChoice[],
  hooks: Pick<Hooks, "signal"> = {},
): Promise<Alike> {
  const neighbours = await contentNeighbours(terms, itemCounts(sequences), hooks);
  const popularity = logPopularity(sequences.items, sequences.itemCount);
  return { neighbours, weight: await contentWeight(ridge, neighbours, popularity, choices, hooks) };
}

/** A ridge with what metadata says beside it; the ridge itself where that is nothing. */
export function withContent(ridge: Ridge, alike: Alike | undefined): Ridge {
  return alike && alike.weight > 0 ? new ContentRidge(ridge, alike) : ridge;
}

function deviationOf(values: Float32Array | Float64Array): number {
  let [sum, squares] = [0, 0];
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  return Math.sqrt(Math.max(0, squares / values.length - (sum / values.length) ** 2));
}
