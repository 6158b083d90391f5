import { PalateError } from "@palate/host";
import { Random } from "@palate/numeric";
import { parseAttributeQuery, parseFilter } from "../language/parse.js";
import { conditionText, toText } from "../language/to-text.js";
import { compileFilter } from "../plan/compile.js";
import { memoryColumns } from "../schema/memory-columns.js";
import { randomData } from "./random-data.js";
import { RANDOM_NOW } from "./random-filter.js";
import { randomText } from "./random-text.js";

/** Texts that are tried with the same data. */
const TEXTS_WITH_SAME_DATA = 500;

/** Rows that random data have at most. */
const MOST_ROWS = 16;

/** What came of many texts. */
export interface TextFigures {
  /** Texts. */
  readonly texts: number;
  /** Those that are filters. */
  readonly parsed: number;
  /** Those that could be applied to data, too. */
  readonly applied: number;
}

/**
 * Checks that any text is a filter that prints and parses to itself and can be applied, or is refused with a place.
 * @param rounds texts
 * @throws Error at the first text for which that does not hold
 */
export function fuzzFilterText(seed: number, rounds: number): TextFigures {
  const random = new Random(seed);
  let columns = memoryColumns(randomData(random));
  let [parsed, applied] = [0, 0];
  for (let round = 0; round < rounds; round++) {
    if (round % TEXTS_WITH_SAME_DATA === 0) columns = memoryColumns(randomData(random));
    const text = randomText(random);
    const filter = unlessRefused(text, () => parseFilter(text));
    if (filter !== undefined) {
      parsed++;
      sameAgain(text, filter, parseFilter(toText(filter)));
      const ready = unlessRefused(text, () => compileFilter(filter, columns));
      const parameters = Object.fromEntries((ready?.parameters ?? []).map(({ name }) => [name, randomText(random)]));
      const bound = ready && unlessRefused(text, () => ready.bind(parameters));
      if (bound !== undefined) {
        applied++;
        bound.mark({ user: 0, currentItem: 1, now: RANDOM_NOW }, new Uint8Array(MOST_ROWS));
      }
    }
    const query = unlessRefused(text, () => parseAttributeQuery(text));
    if (query !== undefined) {
      sameAgain(text, conditionText(query), conditionText(parseAttributeQuery(conditionText(query))));
    }
  }
  return { texts: rounds, parsed, applied };
}

/** What it gives, or none when it refuses the input as it should: by an error for the caller that says where. */
function unlessRefused<T>(input: string, call: () => T): T | undefined {
  try {
    return call();
  } catch (thrown) {
    const refusal = thrown instanceof PalateError && thrown.code === "invalid_argument" && thrown.details.violations;
    if (refusal && refusal.length > 0 && thrown.message.length < 2000) return undefined;
    throw new Error(`Not a refusal, for ${JSON.stringify(input)}.`, { cause: thrown });
  }
}

function sameAgain(input: string, first: unknown, again: unknown): void {
  if (JSON.stringify(again) === JSON.stringify(first)) return;
  throw new Error(`Printed and parsed, it is not itself: ${JSON.stringify(input)}`);
}
