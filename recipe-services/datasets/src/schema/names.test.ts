import { expect, test } from "vitest";
import { checkName, pageOf } from "./names.js";

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
