import { expect, test } from "vitest";
import { filesOfFolder } from "./folder-files.js";
import { partitionValue } from "./partition-folders.js";

test.each<[string, string[], string | null | undefined]>([
  ["a value", ["x", "dt=2024-01-01", "kind=click"], "2024-01-01"],
  ["escaped characters", ["dt=a%20b%2Fc%C3%BC%", "y"], "a b/cü%"],
  ["an escaped key", ["d%74=1"], "1"],
  ["Hive's null", ["dt=__HIVE_DEFAULT_PARTITION__"], null],
  ["nothing", ["dt="], null],
  ["a value with =", ["dt=a=b"], "a=b"],
  ["the innermost of two", ["dt=1", "dt=2"], "2"],
  ["no such key", ["dtx=1", "dt", "=1"], undefined],
])("the key dt in folders: %s", (_what, folders, value) => {
  expect(partitionValue(folders, "dt")).toBe(value);
});

test("a folder's key=value folders are looked into when that is asked for", () => {
  const names = ["_SUCCESS", "dt=2/b.csv", "dt=1/k=x/a.csv", "dt=1/other/c.csv", "other/d.csv", "dt=1/_SUCCESS"];
  const list = (partitioned: boolean, more: string[] = []) =>
    filesOfFolder("/in", [...names, ...more], { partitioned, anyName: false });
  expect(list(true)).toEqual(["dt=1/k=x/a.csv", "dt=2/b.csv"]);
  expect(list(false, ["e.csv"])).toEqual(["e.csv"]);
  expect(() => list(false)).toThrow(/holds no files to import, but folders such as "dt=2"; name their keys/);
  expect(() => filesOfFolder("/in", ["a.md", "b.csv"], { partitioned: false, anyName: false })).toThrow(/"a\.md"/);
  expect(filesOfFolder("/in", ["a.md", "b"], { partitioned: false, anyName: true })).toEqual(["a.md", "b"]);
});
