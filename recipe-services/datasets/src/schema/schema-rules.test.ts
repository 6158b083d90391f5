import type { PalateError } from "@palate/host";
import { DatasetType } from "@palate/proto/dataset";
import { describe, expect, test } from "vitest";
import { checkSchema } from "./schema-rules.js";

type Field = Record<string, unknown> | string | null;
const USER: Field = { name: "USER_ID", type: "string" };
const ITEM: Field = { name: "ITEM_ID", type: "string" };
const TIME: Field = { name: "TIMESTAMP", type: "long" };
const GENRES: Field = { name: "GENRES", type: ["null", "string"], categorical: true };

const schema = (name: string, fields: Field[], more: object = {}) =>
  JSON.stringify({
    type: "record",
    name,
    namespace: "com.amazonaws.personalize.schema",
    fields,
    version: "1.0",
    ...more,
  });

function problems(text: string, wanted = DatasetType.DATASET_TYPE_UNSPECIFIED): string[] {
  try {
    checkSchema(text, wanted);
  } catch (thrown) {
    const { code, details } = thrown as PalateError;
    expect(code).toBe("invalid_argument");
    return (details.violations ?? []).map((violation) => `${violation.field}: ${violation.message}`);
  }
  return [];
}

describe("schemas that are right", () => {
  test("give their columns in order", () => {
    const checked = checkSchema(schema("Items", [ITEM, GENRES, { name: "PRICE", type: "float" }]), 0);
    expect(checked.type).toBe(DatasetType.DATASET_TYPE_ITEMS);
    expect(checked.columns).toEqual([
      { name: "ITEM_ID", type: "string", nullable: false, categorical: false, textual: false },
      { name: "GENRES", type: "string", nullable: true, categorical: true, textual: false },
      { name: "PRICE", type: "float", nullable: false, categorical: false, textual: false },
    ]);
  });

  test.each<[string, string]>([
    ["the least of interactions", schema("Interactions", [USER, ITEM, TIME])],
    [
      "no namespace or version",
      JSON.stringify({ type: "record", name: "Users", fields: [USER, { name: "AGE", type: "int" }] }),
    ],
    [
      "all reserved columns",
      schema("Interactions", [
        USER,
        ITEM,
        TIME,
        { name: "EVENT_TYPE", type: "string" },
        { name: "EVENT_VALUE", type: ["float", "null"] },
        { name: "IMPRESSION", type: ["string", "null"] },
        { name: "RECOMMENDATION_ID", type: ["string", "null"] },
        { name: "EVENT_ATTRIBUTION_SOURCE", type: ["string", "null"] },
      ]),
    ],
    [
      "any number of metadata columns",
      schema("Users", [USER, ...Array.from({ length: 200 }, (_, i) => ({ name: `M${i}`, type: "double" }))]),
    ],
    ["a textual column of items", schema("Items", [ITEM, { name: "TEXT", type: "string", textual: true }])],
  ])("%s", (_what, text) => {
    expect(problems(text)).toEqual([]);
  });
});

describe("schemas that are refused", () => {
  test.each<[string, string, RegExp[]]>([
    ["not JSON", "{", [/^schema: must be an Avro record/]],
    ["another Avro type", schema("Users", [USER, GENRES], { type: "enum" }), [/^type: "enum" must be "record"/]],
    ["another name", schema("People", [USER, GENRES]), [/^name: "People" must be one of Interactions, Items, Users/]],
    ["no fields", JSON.stringify({ type: "record", name: "Users" }), [/^fields: must be a list/]],
    [
      "missing columns",
      schema("Interactions", [ITEM]),
      [/^fields: USER_ID is missing; add \{/, /^fields: TIMESTAMP is missing; add .*"long"/],
    ],
    ["no metadata", schema("Items", [ITEM]), [/^fields: Items need at least one column besides ITEM_ID/]],
    [
      "a wrong type of a required column",
      schema("Interactions", [USER, ITEM, { name: "TIMESTAMP", type: "string" }]),
      [/^fields\[2\]\.type: TIMESTAMP is string; it must be long/],
    ],
    [
      "a nullable required column",
      schema("Interactions", [USER, { name: "ITEM_ID", type: ["string", "null"] }, TIME]),
      [/^fields\[1\]\.type: ITEM_ID may not be null/],
    ],
    [
      "a wrong type of a reserved column",
      schema("Interactions", [USER, ITEM, TIME, { name: "EVENT_VALUE", type: "string" }]),
      [/EVENT_VALUE is string; it must be float or double/],
    ],
    [
      "a categorical event type",
      schema("Interactions", [USER, ITEM, TIME, { name: "EVENT_TYPE", type: "string", categorical: true }]),
      [/EVENT_TYPE is reserved and cannot be categorical/],
    ],
    [
      "an unknown type",
      schema("Users", [USER, { name: "AGE", type: "integer" }]),
      [/^fields\[1\]\.type: "integer" is no type; must be one of string, int/],
    ],
    [
      "a list",
      schema("Users", [USER, { name: "TAGS", type: { type: "array", items: "string" } }]),
      [/is nested; a schema is flat, and lists are text joined by "\|"/],
    ],
    [
      "a union of two types",
      schema("Users", [USER, { name: "AGE", type: ["int", "string"] }]),
      [/\["int","string"\] is not a type/],
    ],
    [
      "a lower-case name",
      schema("Users", [USER, { name: "favouriteColour", type: "string" }]),
      [/"favouriteColour" must be capitals.* such as "FAVOURITE_COLOUR"/],
    ],
    [
      "names that differ in underscores",
      schema("Users", [USER, { name: "AGE_BAND", type: "int" }, { name: "AGEBAND", type: "int" }]),
      [/AGEBAND equals AGE_BAND/],
    ],
    [
      "a categorical number",
      schema("Users", [USER, { name: "AGE", type: "int", categorical: true }]),
      [/AGE is int; only string columns/],
    ],
    [
      "a textual column of users",
      schema("Users", [USER, { name: "BIO", type: "string", textual: true }]),
      [/only Items have textual columns/],
    ],
    [
      "a flag that is none",
      schema("Users", [USER, { name: "BIO", type: "string", categorical: "yes" }]),
      [/^fields\[1\]\.categorical: "yes" must be true or false/],
    ],
    [
      "all problems at once",
      schema("Users", ["x", { name: "a", type: "string" }, { name: "B", type: "text" }]),
      [/^fields\[0\]/, /^fields\[1\]\.name/, /^fields\[2\]\.type/, /USER_ID is missing/],
    ],
  ])("%s", (_what, text, expected) => {
    expect(problems(text)).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
  });

  test("a schema for another type than asked for", () => {
    expect(problems(schema("Users", [USER, GENRES]), DatasetType.DATASET_TYPE_ITEMS)).toContainEqual(
      'name: "Users" must be "Items", the dataset type asked for',
    );
  });
});
