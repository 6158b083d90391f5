import type { Random } from "@palate/numeric";
import { many, pick } from "../dialects/draw.js";

const ASK = 'datasetGroup: "shop", campaign: "similar"';

/** A number up to `most`, drawn by its magnitude. */
function upTo(random: Random, most: number): number {
  return Math.max(1, Math.floor(most ** random.uniform()));
}

const repeated = (count: number, text: (at: number) => string) => many(count, text).join(" ");

/** Each writes a document that asks for much work by few or many words; sizes go a little beyond the limits. */
const KINDS: Readonly<Record<string, (random: Random) => string>> = {
  "nested inline fragments": (random) => {
    const depth = upTo(random, 2_000);
    return `{ ${"... { ".repeat(depth)}__typename${" }".repeat(depth)} }`;
  },
  "nested fields": (random) => {
    const depth = upTo(random, 400);
    return `{ datasetGroups { nodes { ${"solutions { nodes { versions { nodes { ".repeat(depth)}id${" } } } }".repeat(depth)} } } }`;
  },
  "nested introspection": (random) => {
    const depth = upTo(random, 600);
    return `{ __schema { types { ${"fields { type { ".repeat(depth)}name${" } }".repeat(depth)} } } }`;
  },
  "aliased introspection": (random) =>
    `{ __schema { types { ${repeated(upTo(random, 800), (at) => `a${at}: fields { name }`)} } } }`,
  "fragments that multiply": (random) => {
    const [levels, spreads] = [upTo(random, 60), 1 + upTo(random, 12)];
    const fragments = repeated(levels, (level) => {
      const below = level === 0 ? "itemId" : repeated(spreads, () => `...F${level - 1}`);
      return `fragment F${level} on Item { ${below} }`;
    });
    return `{ recommendations(${ASK}) { nodes { ...F${levels - 1} } } } ${fragments}`;
  },
  "a chain of fragments": (random) => {
    const levels = upTo(random, 800);
    const chain = repeated(levels, (at) => `fragment F${at} on Query { ${at === 0 ? "__typename" : `...F${at - 1}`} }`);
    return `{ ...F${levels - 1} } ${chain}`;
  },
  "a circle of fragments": (random) => {
    const length = upTo(random, 500);
    const circle = repeated(length, (at) => `fragment F${at} on Query { ...F${(at + 1) % length} }`);
    return `{ ...F0 } ${circle}`;
  },
  "fragments that overlap": (random) => {
    const [fragments, fields] = [upTo(random, 300), upTo(random, 30)];
    const body = repeated(fields, () => pick(random, ["itemId", "id", "a: itemId", "b: id", "__typename"]));
    const spreads = repeated(fragments, (at) => `...F${at}`);
    return `{ recommendations(${ASK}) { nodes { ${spreads} } } } ${repeated(fragments, (at) => `fragment F${at} on Item { ${body} }`)}`;
  },
  "fields that overlap": (random) => {
    const field = pick(random, ["__typename", `recommendations(${ASK}) { versionId }`, "recipes { totalCount }"]);
    return `{ ${repeated(upTo(random, 1_900), () => field)} }`;
  },
  "nested fields that overlap": (random) => {
    const [depth, width] = [upTo(random, 10), 1 + upTo(random, 4)];
    const at = (level: number): string =>
      level === 0 ? "id" : repeated(width, () => `solutions { nodes { versions { nodes { ${at(level - 1)} } } } }`);
    const text = `{ datasetGroups { nodes { ${at(depth > 4 ? 4 : depth)} } } }`;
    return text.length > 90_000 ? "{ __typename }" : text;
  },
  "arguments that differ": (random) =>
    `{ ${repeated(upTo(random, 800), (at) => `datasetGroups(first: ${at}) { totalCount }`)} }`,
  aliases: (random) => `{ ${repeated(upTo(random, 1_500), (at) => `a${at}: __typename`)} }`,
  directives: (random) =>
    `{ __typename ${repeated(upTo(random, 900), () => pick(random, ["@skip(if: false)", "@include(if: true)", "@nothing"]))} }`,
  "nested lists": (random) => {
    const depth = upTo(random, 1_900);
    return `{ recommendations(${ASK}, context: {a: ${"[".repeat(depth)}1${"]".repeat(depth)}}) { versionId } }`;
  },
  "nested objects": (random) => {
    const depth = upTo(random, 1_200);
    return `mutation { createSolution(input: { datasetGroup: "shop", name: "s", recipe: "aws-sims", hyperparameters: ${"{a: ".repeat(depth)}1${"}".repeat(depth)} }) { userErrors { field } } }`;
  },
  "a long list": (random) =>
    `{ personalizedRanking(${ASK}, userId: "u", itemIds: [${repeated(upTo(random, 3_950), (at) => `"i${at}"`)}]) { nodes { itemId } } }`,
  "a long text": (random) =>
    `{ datasetGroup(name: "${pick(random, ["x", "\\u0041", "\\n", "😀"]).repeat(upTo(random, 20_000))}") { name } }`,
  "a long block text": (random) =>
    `{ datasetGroup(name: """${repeated(upTo(random, 8_000), (at) => `${" ".repeat(at % 7)}x\n`)}""") { name } }`,
  "a long name": (random) => `{ ${pick(random, ["recommendation", "_", "a", "__"]).repeat(upTo(random, 6_000))} }`,
  "names that are nearly right": (random) =>
    `{ ${repeated(upTo(random, 150), (at) => `recommendation${at}(datasetGroup${at}: 1) { edgez }`)} }`,
  "types that are nearly right": (random) =>
    `query (${repeated(upTo(random, 400), (at) => `$v${at}: CreateSolutionInputt${at}`)}) { __typename }`,
  comments: (random) =>
    `#${"x".repeat(upTo(random, 60_000))}\n${"#\n".repeat(upTo(random, 5_000))}{ __typename${",".repeat(upTo(random, 20_000))} }`,
  "many operations": (random) => repeated(upTo(random, 900), (at) => `query Q${at} { __typename }`),
  "operations of one name": (random) => repeated(upTo(random, 900), () => "query Q { __typename }"),
  "many variables": (random) =>
    `query (${repeated(upTo(random, 900), (at) => `$v${at}: Int = ${at}`)}) { datasetGroups(first: $v0) { totalCount } }`,
  "unknown fields": (random) => `{ ${repeated(upTo(random, 1_900), (at) => `x${at}`)} }`,
  "fragments that nobody uses": (random) =>
    `{ __typename } ${repeated(upTo(random, 500), (at) => `fragment F${at} on Item { itemId }`)}`,
  "enumerations that are nearly right": (random) =>
    `{ ${repeated(upTo(random, 200), (at) => `inferSchema(location: "x", datasetType: ITEMZ${at}) { schema }`)} }`,
};

/** The kinds of hostile documents. */
export const HOSTILE_KINDS = Object.keys(KINDS);

/** Writes a hostile document of a kind. */
export function drawHostile(random: Random, kind: string): string {
  return KINDS[kind]!(random);
}
