import { Random } from "@palate/numeric";
import { describe, expect, it } from "vitest";
import { NaiveFilter } from "../testing/naive-filter.js";
import { randomData } from "../testing/random-data.js";
import { pick, RANDOM_NOW, randomFilter, randomParameters } from "../testing/random-filter.js";
import type { Target } from "./language/syntax.js";
import { toText } from "./language/to-text.js";
import { compileFilter } from "./plan/compile.js";
import { checkFilter } from "./schema/check.js";
import { schemaOf } from "./schema/columns.js";
import { memoryColumns, type MemoryData } from "./schema/memory-columns.js";

/** Data sets, filters of each, and requests with each filter: 10 000 cases in all. */
const DATA_SETS = 250;
const FILTERS = 10;
const REQUESTS = 4;

function rowCount(data: MemoryData, target: Target): number {
  return { ItemID: data.Items, UserID: data.Users, ActionID: data.Actions }[target]!.length;
}

describe("a compiled filter and the plain evaluation of its syntax", () => {
  it("agree on every row of random data, for random filters, parameters, users and items", () => {
    const random = new Random(5);
    let heldBack = 0;
    let rows = 0;
    for (let set = 0; set < DATA_SETS; set++) {
      const data = randomData(random);
      const columns = memoryColumns(data);
      for (let which = 0; which < FILTERS; which++) {
        const filter = randomFilter(random);
        expect(checkFilter(filter, schemaOf(columns)), toText(filter)).toEqual([]);
        const compiled = compileFilter(filter, columns);
        for (let request = 0; request < REQUESTS; request++) {
          const parameters = randomParameters(random, compiled.parameters);
          const count = rowCount(data, filter.target);
          const context = {
            user: pick(random, [-1, 0, 1, 2, 3, 4, 5, 99]),
            currentItem: pick(random, [-1, 0, 1, 2, 3, 99]),
            now: RANDOM_NOW + pick(random, [0, 0, 3600]),
          };
          const naive = new NaiveFilter(data, filter, parameters.values, context);
          const expected = Array.from({ length: count }, (_, row) => (naive.excludes(row) ? 1 : 0));
          const bound = compiled.bind(parameters.texts);
          const excluded = new Uint8Array(count);
          bound.mark(context, excluded);
          const what = [toText(filter), parameters.texts, context];
          expect([...excluded], JSON.stringify(what)).toEqual(expected);
          const inParts = new Uint8Array(count);
          const size = pick(random, [4, 8]);
          for (let from = 0; from < count; from += size)
            compiled.bind(parameters.texts).mark(context, inParts, from, from + size);
          expect([...inParts], `in parts of ${size}: ${JSON.stringify(what)}`).toEqual(expected);
          const row = random.integer(count);
          expect(bound.explain(context, row).startsWith("Let through."), JSON.stringify(what)).toBe(
            expected[row] === 0,
          );
          rows += count;
          heldBack += expected.filter((value) => value === 1).length;
        }
      }
    }
    // Filters that hold back everything or nothing would agree without saying much.
    expect(heldBack / rows).toBeGreaterThan(0.2);
    expect(heldBack / rows).toBeLessThan(0.8);
  });
});
