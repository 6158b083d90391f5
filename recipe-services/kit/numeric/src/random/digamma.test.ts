import { expect, test } from "vitest";
import { digamma, trigamma } from "./digamma.js";

const EULER = 0.5772156649015329;

test.each([
  [1, -EULER],
  [2, 1 - EULER],
  [0.5, -EULER - 2 * Math.LN2],
  [10, 2.251752589066721],
  [1e6, 13.815510057964191],
])("digamma(%d)", (x, value) => expect(digamma(x)).toBeCloseTo(value, 9));

test.each([
  [1, Math.PI ** 2 / 6],
  [0.5, Math.PI ** 2 / 2],
  [2, Math.PI ** 2 / 6 - 1],
  [10, 0.10516633568168575],
])("trigamma(%d)", (x, value) => expect(trigamma(x)).toBeCloseTo(value, 9));
