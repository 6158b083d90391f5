import { expect, it } from "vitest";
import { fuzzFilterEvaluation } from "./fuzz-evaluation.js";
import { fuzzFilterText } from "./fuzz-text.js";

it("any text is a filter that prints and parses to itself, or is refused with a place", () => {
  const { texts, parsed, applied } = fuzzFilterText(1, 20_000);
  // Else the inputs would test nothing but the first words.
  expect(parsed / texts).toBeGreaterThan(0.1);
  expect(applied / texts).toBeGreaterThan(0.005);
}, 240_000);

it("a compiled filter and the plain evaluation of its syntax agree, whatever filter, data and request", () => {
  const { rows, heldBack } = fuzzFilterEvaluation(5, 100);
  // Filters that hold back everything or nothing would agree without saying much.
  expect(heldBack / rows).toBeGreaterThan(0.2);
  expect(heldBack / rows).toBeLessThan(0.8);
}, 240_000);
