import { describe, expect, it } from "vitest";
import { readFileSync } from "node:fs";
import { letsThroughUnknown, letThrough, NAMES } from "../testing/shop.js";

/** A row of rules.json: what a filter lets through in the shop. */
interface Rule {
  readonly group: string;
  readonly rule: string;
  readonly filter: string;
  /** Values of its parameters. */
  readonly values?: Readonly<Record<string, string>>;
  /** Who asks; default "ann". */
  readonly user?: string;
  /** The item that the request is about. */
  readonly item?: string;
  /** Ids with spaces between. */
  readonly keeps: string;
}

const file = new URL("../testing/rules.json", import.meta.url);
const rules = JSON.parse(readFileSync(file, "utf8")) as readonly Rule[];
const groups = [...new Set(rules.map(({ group }) => group))];

describe.each(groups)("%s", (wanted) => {
  const own = rules.filter(({ group }) => group === wanted);

  it.each(own)("$rule: $filter keeps $keeps", ({ filter, values = {}, user = "ann", item = "", keeps }) => {
    const request = {
      user: NAMES.UserID.indexOf(user),
      currentItem: NAMES.ItemID.indexOf(item),
      parameters: values,
    };
    expect(letThrough(filter, request)).toBe(keeps);
    // An item without values, which nobody has interacted with, is treated as one that is not known.
    if (/^\w+ ItemID/i.test(filter))
      expect(letsThroughUnknown(filter, "unknown", request)).toBe(keeps.split(" ").includes("unknown"));
  });
});
