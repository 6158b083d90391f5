import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import type { DatasetType } from "../client/palate-client.js";

const FOLDER = fileURLToPath(new URL("../../sample/online-retail", import.meta.url));

/** One file of the sample and the dataset it belongs to. */
export interface SampleFile {
  readonly datasetType: DatasetType;
  readonly path: string;
  /** Avro schema of its columns, as JSON text. */
  readonly schema: string;
}

type AvroType = "string" | "long" | "double" | readonly ["null", "string" | "double"];

/** An Avro record in the form Amazon Personalize wants it. */
function schemaOf(
  name: string,
  fields: Readonly<Record<string, AvroType | { type: AvroType; [flag: string]: unknown }>>,
) {
  const list = Object.entries(fields).map(([field, type]) =>
    typeof type === "object" && "type" in type ? { name: field, ...type } : { name: field, type },
  );
  const namespace = "com.amazonaws.personalize.schema";
  return JSON.stringify({ type: "record", name, namespace, fields: list, version: "1.0" });
}

/** The sample's files, in the order in which they are imported. */
export const SAMPLE_FILES: readonly SampleFile[] = [
  {
    datasetType: "ITEMS",
    path: path.join(FOLDER, "items.csv.gz"),
    schema: schemaOf("Items", {
      ITEM_ID: "string",
      DESCRIPTION: { type: ["null", "string"], textual: true },
      PRICE: ["null", "double"],
      CREATION_TIMESTAMP: "long",
    }),
  },
  {
    datasetType: "USERS",
    path: path.join(FOLDER, "users.csv.gz"),
    schema: schemaOf("Users", { USER_ID: "string", COUNTRY: { type: ["null", "string"], categorical: true } }),
  },
  {
    datasetType: "INTERACTIONS",
    path: path.join(FOLDER, "interactions.csv.gz"),
    schema: schemaOf("Interactions", {
      USER_ID: "string",
      ITEM_ID: "string",
      TIMESTAMP: "long",
      EVENT_TYPE: "string",
      EVENT_VALUE: ["null", "double"],
    }),
  },
];

/** A purchase of the sample. */
export interface Purchase {
  readonly itemId: string;
  /** Unix time in seconds. */
  readonly timestamp: number;
}

function linesOf(file: string): string[] {
  return gunzipSync(readFileSync(path.join(FOLDER, file)))
    .toString("utf8")
    .trimEnd()
    .split("\n")
    .slice(1);
}

/** Names of the shop's products by id: what its own catalogue knows. */
export function productNames(): Map<string, string> {
  const row = /^([^,]*),(?:"((?:[^"]|"")*)"|([^,]*)),/;
  return new Map(
    linesOf("items.csv.gz").map((line) => {
      const [, id = "", quoted, plain = ""] = row.exec(line) ?? [];
      return [id, quoted === undefined ? plain : quoted.replaceAll('""', '"')];
    }),
  );
}

/** What each of these customers bought, newest first: what the shop's own order list knows. */
export function purchasesOf(userIds: readonly string[]): Map<string, Purchase[]> {
  const purchases = new Map<string, Purchase[]>(userIds.map((id) => [id, []]));
  for (const line of linesOf("interactions.csv.gz")) {
    const [userId = "", itemId = "", timestamp] = line.split(",", 3);
    purchases.get(userId)?.unshift({ itemId, timestamp: Number(timestamp) });
  }
  return purchases;
}
