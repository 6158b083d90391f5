import { Random } from "@palate/numeric";
import type { GraphQLSchema } from "graphql";
import { createHash } from "node:crypto";
import { chance, many, pick } from "../dialects/draw.js";
import { oddNumber, oddText } from "../drawing/odd-texts.js";
import { drawDocument, type DrawnDocument } from "./draw-document.js";
import { drawHostile, HOSTILE_KINDS } from "./hostile-documents.js";

/** A request as it goes over the wire. */
export interface DrawnRequest {
  /** What it is, for messages. */
  readonly kind: string;
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Characters of the document in it. */
  readonly documentLength: number;
}

const PIECES = [
  ...[
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ":",
    "!",
    "$",
    "@",
    "...",
    "=",
    "|",
    "&",
    ",",
    "#",
    '"',
    '"""',
    "\\",
    "\n",
    "\u0000",
    "\ufeff",
  ],
  ...[
    "query",
    "mutation",
    "subscription",
    "fragment",
    "on",
    "schema",
    "type",
    "extend",
    "null",
    "true",
    "{ __typename }",
    "😀",
    "\ud800",
  ],
  ...[
    "recommendations",
    "datasetGroups",
    "first",
    "nodes",
    "Item",
    "1",
    "-1",
    "1e9",
    "0.5",
    "01",
    "9".repeat(400),
    "_",
    "é",
  ],
];

/** Draws the request of a seed. */
export function drawRequest(schema: GraphQLSchema, seed: number): DrawnRequest {
  const random = new Random(seed);
  const drawn = random.uniform();
  if (drawn < 0.02) return stream(random, schema);
  if (drawn < 0.05) return malformed(random);
  if (drawn < 0.07) return large(random);
  if (drawn < 0.12) return byGet(random, schema);
  const { kind, query, variables } = drawText(random, schema);
  return { ...post(kind, envelope(random, query, variables)), documentLength: query.length };
}

/** Draws a document by one of the ways to draw one. */
export function drawText(random: Random, schema: GraphQLSchema): DrawnDocument & { readonly kind: string } {
  const drawn = random.uniform();
  if (drawn < 0.06) {
    const kind = pick(random, HOSTILE_KINDS);
    return { kind, query: drawHostile(random, kind), variables: {} };
  }
  if (drawn < 0.14)
    return { kind: "pieces", query: many(random.integer(60), () => pick(random, PIECES)).join(" "), variables: {} };
  const operation = chance(random, 0.7) ? "query" : "mutation";
  const wrong = pick(random, [0, 0, 0.05, 0.5]);
  const document = drawDocument(random, schema, operation, wrong);
  if (drawn < 0.35) return { ...document, kind: "damaged", query: damaged(random, document.query) };
  return { ...document, kind: wrong === 0 ? operation : `${operation} with wrong values` };
}

/** A text with a few small damages. */
function damaged(random: Random, text: string): string {
  let result = text;
  for (let left = 1 + random.integer(3); left > 0; left--) {
    const [at, length] = [random.integer(result.length + 1), random.integer(12)];
    const cut = result.slice(at, at + length);
    const put = pick(random, ["", cut + cut, pick(random, PIECES), cut.toUpperCase(), [...cut].reverse().join("")]);
    result = result.slice(0, at) + put + result.slice(at + length);
  }
  return result;
}

function envelope(random: Random, query: string, variables: unknown): string {
  const rest: Record<string, unknown> = {};
  if (Object.keys(variables as object).length > 0 || chance(random, 0.1)) rest["variables"] = variables;
  if (chance(random, 0.03)) rest["variables"] = pick(random, [null, [], "x", 1, { v0: [[[]]], v1: { v1: {} } }]);
  if (chance(random, 0.05)) rest["operationName"] = pick(random, ["Q", "", "X", null, 1, {}, oddText(random)]);
  if (chance(random, 0.05)) rest["extensions"] = extensions(random, query);
  return JSON.stringify({ query, ...rest });
}

/** What persisted queries are asked for by, right or not. */
function extensions(random: Random, query: string): unknown {
  const right = createHash("sha256").update(query).digest("hex");
  const sha256Hash = pick(random, [right, right, "0", oddText(random), 1, null]);
  return pick<unknown>(random, [
    { persistedQuery: { version: 1, sha256Hash } },
    { persistedQuery: { version: oddNumber(random), sha256Hash } },
    ...[{ persistedQuery: null }, null, [], "x", {}],
  ]);
}

function post(
  kind: string,
  body: string | Buffer,
  headers: Record<string, string> = {},
  path = "/graphql",
): DrawnRequest {
  const type = { "content-type": "application/json", ...headers };
  return { kind, method: "POST", path, headers: type, body: Buffer.from(body as string), documentLength: 0 };
}

function byGet(random: Random, schema: GraphQLSchema): DrawnRequest {
  const { query, variables } = drawText(random, schema);
  const search = new URLSearchParams({
    query: query.slice(0, 6_000),
    variables: JSON.stringify(variables),
  });
  if (chance(random, 0.3))
    search.set(pick(random, ["variables", "extensions", "operationName", "query"]), oddText(random).slice(0, 500));
  const path = `/graphql?${search.toString()}`.slice(0, 12_000);
  const headers: Record<string, string> = chance(random, 0.9) ? { "apollo-require-preflight": "1" } : {};
  return { kind: "by GET", method: "GET", path, headers, body: Buffer.alloc(0), documentLength: query.length };
}

function stream(random: Random, schema: GraphQLSchema): DrawnRequest {
  const { query, variables } = drawDocument(random, schema, chance(random, 0.8) ? "subscription" : "query", 0.1);
  const sent = chance(random, 0.2) ? damaged(random, query) : query;
  return {
    ...post("a stream", envelope(random, sent, variables), { accept: "text/event-stream" }, "/graphql/stream"),
    documentLength: sent.length,
  };
}

/** Bodies that are no request. */
function malformed(random: Random): DrawnRequest {
  const whole = JSON.stringify({ query: "{ __typename }", variables: { a: oddText(random) } });
  const bytes = Buffer.from(many(random.integer(200), () => random.integer(256)));
  const body = pick<string | Buffer>(random, [
    ...[
      "",
      "null",
      "1",
      '"x"',
      "[]",
      "{}",
      "[{}]",
      `[${whole},${whole}]`,
      '{"query":1}',
      '{"query":null}',
      '{"query":{}}',
      '{"query":[]}',
    ],
    ...[
      whole.slice(0, random.integer(whole.length)),
      damaged(random, whole),
      `${whole}${whole}`,
      `\ufeff${whole}`,
      bytes,
    ],
    ...[
      '{"query":"{ __typename }","query":2}',
      '{"__proto__":{"query":"{ __typename }"}}',
      "[".repeat(1 + random.integer(5_000)),
    ],
  ]);
  const types = [
    "application/json",
    "application/json; charset=utf-16",
    "text/plain",
    "application/graphql",
    "multipart/form-data; boundary=x",
    "x",
  ];
  const type = chance(random, 0.7) ? "application/json" : pick(random, types);
  return post(
    "malformed",
    body,
    { "content-type": type },
    pick(random, ["/graphql", "/graphql", "/", "/graphql/stream"]),
  );
}

/** Variables of many rows, or nested deeply. */
function large(random: Random): DrawnRequest {
  const count = Math.floor(3_000 ** random.uniform());
  if (chance(random, 0.3)) {
    const query =
      'mutation ($p: JSONObject) { createSolution(input: { datasetGroup: "shop", name: "s", recipe: "aws-sims", hyperparameters: $p }) { userErrors { field } } }';
    return post(
      "nested variables",
      `{"query":${JSON.stringify(query)},"variables":{"p":${'{"a":'.repeat(count)}1${"}".repeat(count)}}}`,
    );
  }
  if (chance(random, 0.5)) {
    const query =
      'mutation ($e: [InteractionInput!]!) { putEvents(input: { datasetGroup: "shop", interactions: $e }) { recorded userErrors { field message } } }';
    const event = () => ({
      userId: oddText(random).slice(0, 40),
      itemId: oddText(random).slice(0, 40),
      eventType: "click",
      eventValue: oddNumber(random),
    });
    return post("many events", JSON.stringify({ query, variables: { e: many(count, event) } }));
  }
  const query =
    'query ($i: [ID!]!) { personalizedRanking(datasetGroup: "shop", campaign: "similar", userId: "u", itemIds: $i) { nodes { itemId attributes } } }';
  return post("many ids", JSON.stringify({ query, variables: { i: many(count, () => oddText(random).slice(0, 20)) } }));
}
