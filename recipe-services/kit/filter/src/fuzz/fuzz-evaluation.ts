import { isDeepStrictEqual } from "node:util";
import { Random } from "@palate/numeric";
import type { FilterExpression, Target } from "../language/syntax.js";
import { toText } from "../language/to-text.js";
import type { FilterContext } from "../matching/evaluation.js";
import { compileFilter, type CompiledFilter } from "../plan/compile.js";
import { checkFilter } from "../schema/check.js";
import { ROWS, schemaOf } from "../schema/columns.js";
import { memoryColumns, type MemoryData } from "../schema/memory-columns.js";
import { NaiveFilter } from "./naive-filter.js";
import { randomData } from "./random-data.js";
import { pick, RANDOM_NOW, randomFilter, randomParameters } from "./random-filter.js";

/** Filters over the same data, and requests with each. */
const FILTERS_A_ROUND = 10;
const REQUESTS = 4;

/** What came of many filters. */
export interface EvaluationFigures {
  /** Requests. */
  readonly requests: number;
  /** Rows that were looked at, and those of them that were held back. */
  readonly rows: number;
  readonly heldBack: number;
}

/**
 * Checks that compiled filters and the plain evaluation of their syntax agree on every row of random data, for random filters,
 * parameters, users and items.
 * @param rounds sets of data, with ten filters each
 * @throws Error at the first request on which they do not agree
 */
export function fuzzFilterEvaluation(seed: number, rounds: number): EvaluationFigures {
  const random = new Random(seed);
  let [rows, heldBack] = [0, 0];
  for (let round = 0; round < rounds; round++) {
    const data = randomData(random);
    const columns = memoryColumns(data);
    for (let which = 0; which < FILTERS_A_ROUND; which++) {
      const filter = randomFilter(random);
      agree(checkFilter(filter, schemaOf(columns)), [], `a check of ${toText(filter)}`);
      const compiled = compileFilter(filter, columns);
      for (let request = 0; request < REQUESTS; request++) {
        const excluded = compareOne(random, data, filter, compiled);
        rows += excluded.length;
        heldBack += excluded.filter((value) => value === 1).length;
      }
    }
  }
  return { requests: rounds * FILTERS_A_ROUND * REQUESTS, rows, heldBack };
}

/** Compares the answers to one random request, and gives for each row whether it is held back. */
function compareOne(random: Random, data: MemoryData, filter: FilterExpression, compiled: CompiledFilter): number[] {
  const parameters = randomParameters(random, compiled.parameters);
  const count = rowCount(data, filter.target);
  const context: FilterContext = {
    user: pick(random, [-1, 0, 1, 2, 3, 4, 5, 99]),
    currentItem: pick(random, [-1, 0, 1, 2, 3, 99]),
    now: RANDOM_NOW + pick(random, [0, 0, 3600]),
  };
  const what = JSON.stringify([toText(filter), parameters.texts, context]);
  const naive = new NaiveFilter(data, filter, parameters.values, context);
  const expected = Array.from({ length: count }, (_, row) => (naive.excludes(row) ? 1 : 0));
  const bound = compiled.bind(parameters.texts);
  const excluded = new Uint8Array(count);
  bound.mark(context, excluded);
  agree([...excluded], expected, what);
  const inParts = new Uint8Array(count);
  const size = pick(random, [4, 8]);
  for (let from = 0; from < count; from += size) {
    compiled.bind(parameters.texts).mark(context, inParts, from, from + size);
  }
  agree([...inParts], expected, `in parts of ${size}: ${what}`);
  const row = random.integer(count);
  agree(bound.explain(context, row).startsWith("Let through."), expected[row] === 0, `explained: ${what}`);
  const unknown = new Uint8Array(1);
  bound.markUnknown(context, ["never seen"], unknown);
  const strange = new NaiveFilter(withUnknown(data, filter.target), filter, parameters.values, context).excludes(count);
  agree(unknown[0] === 1, strange, `of an unknown id: ${what}`);
  const why = bound.explainUnknown(context, "never seen");
  agree(why.startsWith("Let through."), !strange, `explained, of an unknown id: ${what}`);
  return expected;
}

/** The data with one more row to select from, without values, and without interactions. */
function withUnknown(data: MemoryData, target: Target): MemoryData {
  const table = ROWS[target];
  return { ...data, [table]: [...(data[table] ?? []), {}], Interactions: [], Action_Interactions: [] };
}

function rowCount(data: MemoryData, target: Target): number {
  return { ItemID: data.Items, UserID: data.Users, ActionID: data.Actions }[target]!.length;
}

function agree(got: unknown, expected: unknown, what: string): void {
  if (isDeepStrictEqual(got, expected)) return;
  throw new Error(`${what} gives ${JSON.stringify(got)}; ${JSON.stringify(expected)} is right`);
}
