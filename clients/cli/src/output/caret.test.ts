import { expect, it } from "vitest";
import { caretUnder } from "./caret.js";

const plain = (caret: string) => caret;

it("a caret stands below the character that is meant", () => {
  expect(caretUnder("INCLUDE ItemID", 1, 9, plain)).toBe("INCLUDE ItemID\n        ^");
  expect(caretUnder("one\n\ttwo", 2, 3, plain)).toBe("\ttwo\n\t ^");
});

it("a caret behind the end of the text stands behind it", () => {
  expect(caretUnder("ab", 1, 5, plain)).toBe("ab\n    ^");
});
