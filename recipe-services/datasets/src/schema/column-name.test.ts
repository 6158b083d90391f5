import { expect, test } from "vitest";
import { toColumnName } from "./column-name.js";

test.each([
  ["numberOfRatings", "NUMBER_OF_RATINGS"],
  ["Unit Price (€)", "UNIT_PRICE"],
  ["größe", "GRO_E"],
  ["ITEM_ID", "ITEM_ID"],
  ["1st", "COLUMN_1ST"],
])("%s becomes the column %s", (name, column) => {
  expect(toColumnName(name)).toBe(column);
});
