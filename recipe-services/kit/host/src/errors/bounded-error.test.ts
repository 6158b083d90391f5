import { describe, expect, it } from "vitest";
import { boundedError, boundedMessage } from "./bounded-error.js";
import { cut } from "./cut.js";
import { alreadyExists, invalidArgument, notFound } from "./palate-error.js";

describe("what a message repeats of a request", () => {
  it("is a name of at most 100 characters, none of them halved", () => {
    expect(cut("a".repeat(100))).toBe("a".repeat(100));
    expect(cut("a".repeat(101))).toBe(`${"a".repeat(100)}…`);
    expect(cut(`${"a".repeat(99)}🎨🎨`)).toBe(`${"a".repeat(99)}…`);
    const long = "g".repeat(100_000);
    expect(notFound("dataset group", long, "See datasetGroups.").message).toBe(
      `There is no dataset group "${"g".repeat(100)}…". See datasetGroups.`,
    );
    expect(alreadyExists("schema", long).message).toBe(
      `A schema named "${"g".repeat(100)}…" exists already; choose another name.`,
    );
  });

  it("is cut between quotes, and what stands around them is left", () => {
    const long = "x".repeat(5_000);
    const explained = `${"what would be right, ".repeat(15)}end`;
    expect(boundedMessage(`"a" is no "${long}"; ${explained} "b"`)).toBe(
      `"a" is no "${"x".repeat(100)}…"; ${explained} "b"`,
    );
    const location = `/srv/${"folder/".repeat(25)}items.csv`;
    expect(boundedMessage(`There is no file "${location}".`)).toBe(`There is no file "${location}".`);
  });

  it("leaves the beginning and the end of a message that is too long", () => {
    const told = boundedMessage(`This is wrong: ${"a".repeat(1_000_000)}. That would be right.`);
    expect(told.length).toBeLessThanOrEqual(2_003);
    expect(told).toMatch(/^This is wrong: a+ … a+\. That would be right\.$/);
  });

  it("is at most 100 violations, and how many more there are", () => {
    const violations = Array.from({ length: 20_000 }, (_, at) => ({
      field: `events[${at}].itemId`,
      message: "is empty",
    }));
    const told = boundedError(invalidArgument("Many are empty.", violations)).details.violations!;
    expect(told.length).toBe(101);
    expect(told[99]).toEqual({ field: "events[99].itemId", message: "is empty" });
    expect(told[100]).toEqual({ field: "", message: "and 19900 more" });
    const [long] = boundedError(invalidArgument("x", [{ field: "f".repeat(9_999), message: "m".repeat(9_999) }]))
      .details.violations!;
    expect(long!.field.length + long!.message.length).toBeLessThan(2_300);
  });
});
