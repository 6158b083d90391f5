import { orderByPopularity } from "@palate/recipe";
import { expect, test } from "vitest";
import { mostPopular } from "./model.js";

const order = orderByPopularity(Int32Array.from([1, 5, 0, 5, 2, 9]), 5);

test("most users first, ties by index, items without users never", () => {
  expect([...order.items]).toEqual([1, 3, 4, 0]);
  expect([...order.users]).toEqual([5, 5, 2, 1]);
});

test("excluded items make room for the next ones", () => {
  const { items, scores } = mostPopular(order, { limit: 2, excluded: Uint8Array.from([0, 1, 0, 0, 0]) });
  expect([...items]).toEqual([3, 4]);
  expect([...scores!]).toEqual([5, 2]);
});

test("a limit beyond the catalogue gives the whole catalogue", () => {
  const { items, scores } = mostPopular(order, { limit: 100, excluded: new Uint8Array(5) });
  expect(items).toHaveLength(4);
  expect(scores).toHaveLength(4);
});
