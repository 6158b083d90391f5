import { expect, test } from "vitest";
import { hasEncryptedColumns } from "./parquet-footer.js";

/** Version 2, a list of two schema elements with an INT32 each, 300 rows, no row groups; then what is given. */
const footer = (...more: number[]) =>
  Buffer.from([0x15, 4, 0x19, 0x2c, 0x15, 2, 0, 0x15, 4, 0, 0x16, 0xd8, 0x04, 0x19, 0x0c, ...more]);

test.each<[string, number[], boolean]>([
  ["ends there", [0x00], false],
  ["has a text as its writer's name", [0x28, 2, 0x61, 0x62, 0x00], false],
  ["names an algorithm", [0x28, 1, 0x61, 0x2c, 0x1c, 0x00, 0x00, 0x00], true],
  ["names an algorithm by a field's long form", [0x0c, 16, 0x1c, 0x00, 0x00, 0x00], true],
  ["is cut off", [0x28], false],
  ["holds a type that there is none of", [0x1f, 0x00], false],
])("a footer that %s", (_what, more, encrypted) => {
  expect(hasEncryptedColumns(footer(...more))).toBe(encrypted);
});
