import { PalateError } from "@palate/host";
import { Random } from "@palate/numeric";
import { expect, it } from "vitest";
import { randomText } from "../testing/random-text.js";
import { NOW, SHOP } from "../testing/shop.js";
import { parseAttributeQuery, parseFilter } from "./language/parse.js";
import { conditionText, toText } from "./language/to-text.js";
import { compileFilter } from "./plan/compile.js";
import { memoryColumns } from "./schema/memory-columns.js";

/** How many texts are tried; PALATE_FUZZ_INPUTS=1000000 for a long run. */
const INPUTS = Number(process.env["PALATE_FUZZ_INPUTS"] ?? 50_000);

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

it("any text is a filter that prints and parses to itself, or is refused with a place", { timeout: 3_600_000 }, () => {
  const random = new Random(Number(process.env["PALATE_FUZZ_SEED"] ?? 1));
  const columns = memoryColumns(SHOP);
  let parsed = 0;
  let compiled = 0;
  for (let trial = 0; trial < INPUTS; trial++) {
    const text = randomText(random);
    const filter = unlessRefused(text, () => parseFilter(text));
    if (filter !== undefined) {
      parsed++;
      const printed = toText(filter);
      if (JSON.stringify(parseFilter(printed)) !== JSON.stringify(filter)) throw new Error(`Not itself: ${printed}`);
      const ready = unlessRefused(text, () => compileFilter(filter, columns));
      const parameters = Object.fromEntries((ready?.parameters ?? []).map(({ name }) => [name, randomText(random)]));
      const bound = ready && unlessRefused(text, () => ready.bind(parameters));
      if (bound !== undefined) {
        compiled++;
        bound.mark({ user: 0, currentItem: 1, now: NOW }, new Uint8Array(5));
      }
    }
    const query = unlessRefused(text, () => parseAttributeQuery(text));
    if (query !== undefined)
      expect(conditionText(parseAttributeQuery(conditionText(query)))).toBe(conditionText(query));
  }
  // Else the inputs would test nothing but the first words.
  expect(parsed / INPUTS).toBeGreaterThan(0.1);
  expect(compiled / INPUTS).toBeGreaterThan(0.005);
});
