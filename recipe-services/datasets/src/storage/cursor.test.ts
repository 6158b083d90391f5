import { expect, test } from "vitest";
import { formatCursor, parseCursor } from "./cursor.js";

test("a cursor survives its text form, and anything else is no cursor", () => {
  expect(parseCursor(formatCursor("0123456789abcdef", 42))).toEqual({ logId: "0123456789abcdef", sequence: 42 });
  for (const text of ["", "x", "0123456789abcdef", "0123456789abcdef.-1", "0123456789abcdef.1e3", ".5"]) {
    expect(parseCursor(text)).toBeUndefined();
  }
});
