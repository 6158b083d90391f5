import { trainingDataOf } from "@palate/recipe";
import { describe, expect, it } from "vitest";
import { valueWithPairs, withPairs } from "./content-columns.js";
import { learnedFrom } from "./learned-from.js";

const lengths = [1, 2, 3, 4, 50];
const data = trainingDataOf(
  lengths.flatMap((length, user) =>
    Array.from({ length }, (_, k) => ({ user: `u${user}`, item: `i${k}`, timestamp: 100 * user + k })),
  ),
);
const lengthsOf = ({ offsets }: { offsets: Int32Array }): number[] =>
  lengths.map((_, user) => offsets[user + 1]! - offsets[user]!);

describe("what is learned from", () => {
  it("leaves out users whose histories are too long or too short, by percentile", () => {
    const between = { shortest: 0.25, longest: 0.75, recency: false };
    expect(lengthsOf(learnedFrom(data, between))).toEqual([0, 2, 3, 4, 0]);
    expect(lengthsOf(learnedFrom(data, { shortest: 0, longest: 1, recency: false }))).toEqual(lengths);
  });

  it("leaves nobody out where nobody would be left", () => {
    expect(lengthsOf(learnedFrom(data, { shortest: 1, longest: 0, recency: false }))).toEqual(lengths);
  });

  it("counts newer interactions more, one on average, or all the same", () => {
    const { weights } = learnedFrom(data, { shortest: 0, longest: 1, recency: true });
    expect([...weights!]).toEqual([...weights!].sort((a, b) => a - b));
    expect([weights![0], weights!.at(-1)]).toEqual([0.5, 1.5]);
    expect(learnedFrom(data, { shortest: 0, longest: 1, recency: false }).weights).toBeUndefined();
  });
});

describe("pairs of values", () => {
  const columns = { GENRES: ["Comedy|Action|Drama", "Drama", null], TITLE: ["a", "b", "c"] };

  it("stand beside columns of several values, in an order of their own", () => {
    const added = withPairs(columns)["GENRES in pairs"];
    expect(added).toEqual(["Action & Comedy|Action & Drama|Comedy & Drama", null, null]);
    expect(Object.keys(withPairs(columns))).toEqual(["GENRES", "TITLE", "GENRES in pairs"]);
  });

  it("are found for a single item as for a catalogue", () => {
    const values: Record<string, string> = { GENRES: "Drama|Comedy" };
    expect(valueWithPairs("GENRES in pairs", (column) => values[column] ?? "")).toBe("Comedy & Drama");
    expect(valueWithPairs("GENRES", (column) => values[column] ?? "")).toBe("Drama|Comedy");
  });
});
