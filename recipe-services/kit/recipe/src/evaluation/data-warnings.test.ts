import { describe, expect, it } from "vitest";
import { trainingDataOf, type InteractionRow } from "../data/training-rows.js";
import { dataWarnings } from "./data-warnings.js";

/** Each of `users` users has `each` of 100 items, at times of their own. */
function rows(users: number, each: number, sameTime = false): InteractionRow[] {
  return Array.from({ length: users * each }, (_, k) => {
    const [user, nth] = [Math.floor(k / each), k % each];
    return { user: `u${user}`, item: `i${(user * 7 + nth) % 100}`, timestamp: sameTime ? user : nth };
  });
}

describe("warnings about data", () => {
  it("has nothing to say about enough of it", () => {
    expect(dataWarnings(trainingDataOf(rows(200, 10)), 200)).toEqual([]);
  });

  it("says of ten users what is too little, and what would be enough", () => {
    const warnings = dataWarnings(trainingDataOf(rows(10, 3)), 1);
    expect(warnings).toEqual([
      expect.stringContaining("30 interactions"),
      expect.stringContaining("10 users of 10 have two"),
      expect.stringContaining("item"),
      expect.stringContaining("1 held-out case;"),
    ]);
    for (const warning of warnings) expect(warning).toMatch(/^[A-Z].*\.$/);
  });

  it("says that there are no metrics when nothing could be held out", () => {
    expect(dataWarnings(trainingDataOf(rows(3, 1)), 0)).toContain(
      "Nothing could be held out, so there are no metrics.",
    );
  });

  it("names a user who has most of everything", () => {
    const robot = Array.from({ length: 5_000 }, (_, k) => ({ user: "robot 7", item: `i${k % 100}`, timestamp: k }));
    expect(dataWarnings(trainingDataOf([...rows(200, 10), ...robot]), 200)).toEqual([
      expect.stringContaining('User "robot 7" has 71 %'),
    ]);
  });

  it("notices that times do not tell the order", () => {
    expect(dataWarnings(trainingDataOf(rows(200, 10, true)), 200)).toEqual([expect.stringContaining("100 %")]);
  });

  it("notices a catalogue that is mostly unknown", () => {
    const catalogue = Array.from({ length: 300 }, (_, k) => `i${k}`);
    expect(dataWarnings(trainingDataOf(rows(200, 10), catalogue), 200)).toEqual([
      expect.stringContaining("200 items of 300"),
    ]);
  });
});
