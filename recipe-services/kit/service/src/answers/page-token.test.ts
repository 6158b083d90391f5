import { GetRecommendationsRequest } from "@palate/proto/recipe";
import { describe, expect, it } from "vitest";
import { decodePageToken, encodePageToken } from "./page-token.js";
import { questionOf } from "./recommendation-request.js";

const asked = (fields: object = {}) =>
  questionOf(GetRecommendationsRequest.fromPartial({ datasetGroup: "shop", campaign: "pop", userId: "u", ...fields }));
const page = (shown: readonly string[], historyLength = 3) => ({ shown, historyLength });
const decoded = (pageToken: string, fields: object = {}) => decodePageToken(pageToken, asked(fields));

describe("a page token", () => {
  it("says what was shown, whatever the ids are, short or long", () => {
    const odd = ["a.b", "", " ", 'say "hi"', "naïve\n", "日本語", "🍷", "7"];
    for (const shown of [[], odd, Array.from({ length: 5_000 }, (_, k) => `item-${k * 7_919}`)]) {
      const token = encodePageToken(asked(), page(shown));
      expect(token).toMatch(/^[\w-]+\.\d+$/);
      expect(decoded(token)).toEqual(page(shown));
    }
  });

  it("is a few bytes an item", () => {
    const shown = Array.from({ length: 1_000 }, (_, k) => String(100_000 + ((k * 7_919) % 90_000)));
    expect(encodePageToken(asked(), page(shown)).length).toBeLessThan(6_000);
  });

  it("goes on within the page when it ends in a smaller number", () => {
    const token = encodePageToken(asked(), page(["a", "b", "c"]));
    expect(decoded(token.replace(/\d+$/, "2"))!.shown).toEqual(["a", "b"]);
    expect(() => decoded(token.replace(/\d+$/, "4"))).toThrow("page_token (after, in GraphQL) is none");
  });

  it("is the first page's when it is empty", () => {
    expect(decoded("")).toBeUndefined();
  });

  it("is refused when it is none, or not as it was", () => {
    const token = encodePageToken(asked(), page(["a", "b"]));
    const other = token[20] === "A" ? "B" : "A";
    const changed = `${token.slice(0, 20)}${other}${token.slice(21)}`;
    for (const wrong of ["nonsense", "cmFuazo1", ".2", "AAAA.0", token.slice(0, -2), changed, `${token}0000`])
      expect(() => decoded(wrong), wrong).toThrow(
        expect.objectContaining({ code: "invalid_argument", details: expect.objectContaining({}) as unknown }),
      );
  });

  it("is for the question it was made for, and says what differs", () => {
    const filtered = { filter: "fresh", filterValues: { A: "1", B: "2" }, numResults: 5 };
    const token = encodePageToken(asked(filtered), page(["a"]));
    const same = { filter: "fresh", filterValues: { B: "2", A: "1" }, numResults: 9, explain: true, timestamp: 7 };
    expect(decoded(token, { ...same, metadataColumns: ["*"] })!.shown).toEqual(["a"]);
    expect(() => decoded(token, { ...filtered, campaign: "up" })).toThrow(/is of another campaign's list/);
    expect(() => decoded(token, { ...filtered, datasetGroup: "other" })).toThrow(/is of another campaign's list/);
    expect(() => decoded(token, { ...filtered, userId: "v" })).toThrow(/is of another user's list/);
    for (const change of [
      { itemId: "i" },
      { seenItems: 1 },
      { filterValues: { A: "1" } },
      { filterExpression: "x" },
      { promotions: [{ name: "p" }] },
      { diversity: { weight: 0.5 } },
      { context: { DEVICE: "phone" } },
      { explorationWeight: 0.2 },
    ])
      expect(() => decoded(token, { ...filtered, ...change })).toThrow(/is of a list with other arguments/);
  });

  it("ends with 10,000 items, and says so", () => {
    const token = encodePageToken(asked(), page(Array.from({ length: 10_000 }, (_, k) => `i${k}`)));
    expect(() => decoded(token)).toThrow(/is after 10000 items, where pages of a list end/);
  });
});
