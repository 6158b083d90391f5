import { expect, test } from "vitest";
import { EventIdWindow } from "../group/event-id-window.js";
import { WakeUp } from "../group/wake-up.js";
import { splitRecord } from "../imports/csv-text.js";
import { toColumnName } from "../schema/column-name.js";
import { checkName, pageOf } from "../schema/names.js";
import { formatCursor, parseCursor } from "./cursor.js";

test("a cursor survives its text form, and anything else is no cursor", () => {
  expect(parseCursor(formatCursor("0123456789abcdef", 42))).toEqual({ logId: "0123456789abcdef", sequence: 42 });
  for (const text of ["", "x", "0123456789abcdef", "0123456789abcdef.-1", "0123456789abcdef.1e3", ".5"]) {
    expect(parseCursor(text)).toBeUndefined();
  }
});

test.each([
  ["numberOfRatings", "NUMBER_OF_RATINGS"],
  ["Unit Price (€)", "UNIT_PRICE"],
  ["größe", "GRO_E"],
  ["ITEM_ID", "ITEM_ID"],
  ["1st", "COLUMN_1ST"],
])("%s becomes the column %s", (name, column) => {
  expect(toColumnName(name)).toBe(column);
});

test.each<[string, string[]]>([
  ["a,b,", ["a", "b", ""]],
  ['"a,b","c ""d"""', ["a,b", 'c "d"']],
  ["", [""]],
])("the record %j has the values %j", (record, values) => {
  expect(splitRecord(record)).toEqual(values);
});

test("the window forgets the oldest event id first", () => {
  const window = new EventIdWindow(3);
  for (const id of ["c", "d"]) window.add(id);
  window.addOlder(["a", "b"]);
  expect(["a", "b", "c", "d"].map((id) => window.has(id))).toEqual([false, true, true, true]);
});

test("names are checked, and the message says what is right", () => {
  expect(checkName("name", "shop-1_b")).toBe("shop-1_b");
  for (const name of ["", "-a", "a b", "ä", "x".repeat(64)]) {
    expect(() => checkName("name", name)).toThrow(/name .*1 to 63 letters, digits/);
  }
});

test("pages cover all rows once, in either direction", () => {
  for (const direction of ["ascending", "descending"] as const) {
    const rows = ["a", "b", "c", "d", "e"];
    if (direction === "descending") rows.reverse();
    const seen: string[] = [];
    let token = "";
    do {
      const page = pageOf(rows, (row) => row, 2, token, direction);
      seen.push(...page.rows);
      token = page.nextPageToken;
    } while (token !== "");
    expect(seen).toEqual(rows);
  }
});

test("a sleeper wakes by notice, by time, and when called off", async () => {
  const wakeUp = new WakeUp();
  const noticed = wakeUp.wait(60_000);
  wakeUp.notify();
  await noticed;
  await wakeUp.wait(1);
  const abort = new AbortController();
  const calledOff = wakeUp.wait(60_000, abort.signal);
  abort.abort();
  await calledOff;
  await wakeUp.wait(60_000, abort.signal);
});
