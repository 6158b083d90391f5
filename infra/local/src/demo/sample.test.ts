import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { productNames, purchasesOf, SAMPLE_FILES } from "./sample.js";

describe("the Online Retail sample", () => {
  it("has exactly the columns that its schemas declare", () => {
    for (const { path, schema } of SAMPLE_FILES) {
      const [header = ""] = gunzipSync(readFileSync(path)).toString("utf8").split("\n", 1);
      const { fields } = JSON.parse(schema) as { fields: { name: string }[] };
      expect(fields.map(({ name }) => name)).toEqual(header.split(","));
    }
  });

  it("names every product that somebody bought, quoted names included", () => {
    const names = productNames();
    expect(names.get("90214V")).toBe('Letter "v" bling key ring');
    expect(names.get("22287")).toBe("Decoration, wobbly chicken, metal");
    const bought = [...purchasesOf(["15380", "13743"]).values()].flat();
    expect(bought.length).toBeGreaterThan(50);
    expect(bought.filter(({ itemId }) => !names.has(itemId))).toEqual([]);
  });

  it("lists a customer's purchases newest first", () => {
    const times = purchasesOf(["15380"])
      .get("15380")!
      .map(({ timestamp }) => timestamp);
    expect(times).toEqual([...times].sort((a, b) => b - a));
  });
});
