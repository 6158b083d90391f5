import { expect, it } from "vitest";
import { noFigures, runCases } from "./run-cases.js";

it.each([
  [156, "a position was taken for the column with a similar name"],
  [462, "a time before 1970 with nanoseconds and a zone was rounded up"],
  [3273, "an ISO time with a comma and Z was refused"],
  [3871, "a comment among records that end in CR LF made the file unreadable"],
  [4046, "the escapes in a list that Python printed lost their backslashes"],
  [7681, "a line end inside of the first quotes was taken for that of records"],
  [200085, "a byte order mark hid the quotes of the first value, whose CR then ended lines"],
])("nothing of what once went wrong in seed %d does: %s", async (seed) => {
  expect(await runCases(seed, 1)).toEqual({ ...noFigures(), imported: 1 });
});
