import { describe, expect, test } from "vitest";
import { eraseLine } from "./erase-line.js";

const isDeleted = (id: string): boolean => id === "gone";

describe("a line of a batch job", () => {
  test("goes when it asks about a deleted id", () => {
    expect(eraseLine('{"userId":"gone"}', isDeleted)).toBeUndefined();
    expect(eraseLine('{"userId":"u","itemList":["a","gone"]}', isDeleted)).toBeUndefined();
    const answered = '{"input":{"userId":"gone"},"output":{"recommendedItems":["a"],"scores":[1]},"error":null}';
    expect(eraseLine(answered, isDeleted)).toBeUndefined();
  });

  test("stays without the deleted id, and without what belongs to it, when it was answered with one", () => {
    const line =
      '{"input":{"itemId":"i"},"output":{"usersList":["a","gone","b"],"scores":[3,2,1],"more":["x"]},"error":null}';
    expect(JSON.parse(eraseLine(line, isDeleted)!)).toEqual({
      input: { itemId: "i" },
      output: { usersList: ["a", "b"], scores: [3, 1], more: ["x"] },
      error: null,
    });
  });

  test("stays as it was otherwise, whatever it is", () => {
    for (const line of ['{"userId": "u1"}', "no JSON", '{"input":"gone?","output":null,"error":"wrong"}'])
      expect(eraseLine(line, isDeleted)).toBe(line);
  });
});
