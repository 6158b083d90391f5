import { describe, expect, it } from "vitest";
import { idProblem } from "./id-rule.js";

describe("the rule for ids", () => {
  it.each(["u1", "a b", "É", "日本", "9007199254740993", "👩‍👩‍👧", "x".repeat(256), "😀".repeat(256), " padded "])(
    "takes %j",
    (id) => expect(idProblem(id)).toBeUndefined(),
  );

  it.each([
    ["", /^is empty/],
    [" ", /^is white space alone/],
    ["\u00a0", /white space/],
    ["\u3000 \u2003", /white space/],
    ["\u200b", /white space/],
    ["\ufeff", /white space/],
    ["x\u0000y", /U\+0000/],
    ["x\n", /U\+000A/],
    ["\t", /U\+0009/],
    ["x\u007f", /U\+007F/],
    ["x\u0085", /U\+0085/],
    ["x\ud800", /surrogate/],
    ["x".repeat(257), /^has 257 characters; at most 256/],
    ["😀".repeat(257), /^has 257 characters/],
  ])("refuses %j", (id, problem) => expect(idProblem(id)).toMatch(problem));
});
