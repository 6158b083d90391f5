import { Column, DatasetType } from "@palate/proto/dataset";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { convertRows } from "../testing/convert.js";

const README = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");

/** The files and mappings of the README's section about mappings. */
const EXAMPLES = [...README.matchAll(/```csv\n(.*?)```\s+```json\n(.*?)```/gs)].map((found) => ({
  content: found[1]!,
  mapping: JSON.parse(found[2]!) as object,
}));

const COLUMNS = [
  Column.create({ name: "USER_ID", type: "string" }),
  Column.create({ name: "ITEM_ID", type: "string" }),
  Column.create({ name: "TIMESTAMP", type: "long" }),
  Column.create({ name: "EVENT_TYPE", type: "string", nullable: true }),
];

test("the README's mappings do what it says", async () => {
  const found: unknown[] = [];
  for (const example of EXAMPLES) {
    const type = DatasetType.DATASET_TYPE_INTERACTIONS;
    const rows = await convertRows({ name: "a.csv", type, columns: COLUMNS, ...example });
    found.push(rows.map((row) => Object.values(row)));
  }
  expect(found).toEqual([
    [
      ["u1", "i1", "1700000000", "view"],
      ["u1", "i2", "1700000001", "buy"],
    ],
    [
      ["u1", "i1", "1699999980", "click"],
      ["u1", "i3", "1699999980", "click"],
    ],
    [["catalogue", "i1", "1700000100", "b"]],
  ]);
});
