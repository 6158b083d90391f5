import type { Random } from "@palate/numeric";
import { DatasetType } from "@palate/proto/dataset";
import { chance, many, pick } from "./draw.js";
import { drawTimes } from "./draw-times.js";
import { drawIds, drawNumbers, drawTexts } from "./draw-values.js";
import type { Family } from "./file-table.js";
import { filledColumn, type FilledColumn } from "./fill-column.js";
import type { Ground, SchemaColumn } from "./planned-column.js";
import { nastyPieces, plainPieces, type Alphabet } from "./random-texts.js";

/** A dataset, and columns of a file that it can be made of. */
export interface DrawnColumns {
  readonly type: DatasetType;
  readonly schema: readonly SchemaColumn[];
  readonly filled: readonly FilledColumn[];
  readonly ground: Ground;
}

const { DATASET_TYPE_INTERACTIONS, DATASET_TYPE_ITEMS, DATASET_TYPE_USERS } = DatasetType;

const column = (name: string, type: SchemaColumn["type"], nullable = false): SchemaColumn => ({
  ...{ name, type, nullable, categorical: false, textual: false },
});

const KNOWN = new Map<DatasetType, readonly SchemaColumn[]>([
  [DATASET_TYPE_INTERACTIONS, [column("USER_ID", "string"), column("ITEM_ID", "string"), column("TIMESTAMP", "long")]],
  [DATASET_TYPE_ITEMS, [column("ITEM_ID", "string"), column("CREATION_TIMESTAMP", "long", true)]],
  [DATASET_TYPE_USERS, [column("USER_ID", "string")]],
]);

const EVENT_COLUMNS = [column("EVENT_TYPE", "string", true), column("EVENT_VALUE", "double", true)];

const TYPES = ["string", "string", "string", "int", "long", "float", "double", "boolean"] as const;

const NULL_WORDS = ["NULL", "\\N", "N/A", "nan", "-", "None"];

/** What is drawn before the columns are. */
interface Frame {
  readonly family: Family;
  /** Whether the file has the dataset's columns and forms, so that it needs no mapping. */
  readonly plain: boolean;
  readonly rows: number;
  /** Pieces of texts; drawn unless given. */
  readonly pieces?: readonly string[];
}

/** Draws a schema, and values of its columns with the cells of a file that they come from. */
export function drawColumns(random: Random, { family, plain, rows, pieces }: Frame): DrawnColumns {
  const type = pick(random, [
    DATASET_TYPE_INTERACTIONS,
    DATASET_TYPE_INTERACTIONS,
    DATASET_TYPE_ITEMS,
    DATASET_TYPE_USERS,
  ]);
  const alphabet: Alphabet = {
    pieces: pieces ?? (chance(random, 0.3) ? plainPieces() : nastyPieces(random)),
    nullWords: plain || chance(random, 0.6) ? [] : [pick(random, NULL_WORDS), pick(random, NULL_WORDS)],
    trim: !plain && chance(random, 0.2),
    blanks: pieces ? [" ", "  "] : [" ", "  ", "\u00a0", " \u2003"],
  };
  const ground: Ground = { random, rows, family, alphabet, plain };
  const events = type === DATASET_TYPE_INTERACTIONS ? EVENT_COLUMNS.filter(() => chance(random, 0.4)) : [];
  const own = many((type === DATASET_TYPE_INTERACTIONS ? 0 : 1) + random.integer(4), (index) =>
    ownColumn(random, index, type),
  );
  const schema = [...KNOWN.get(type)!, ...events, ...own];
  random.shuffle(schema);
  return { type, schema, ground, filled: schema.map((each) => filledColumn(ground, each, writtenOf(ground, each))) };
}

function ownColumn(random: Random, index: number, type: DatasetType): SchemaColumn {
  const drawn = pick(random, TYPES);
  const kind = drawn === "string" ? random.integer(3) : 0;
  return {
    ...column(`META_${index}`, drawn, chance(random, 0.8)),
    categorical: kind === 1,
    textual: kind === 2 && type === DATASET_TYPE_ITEMS,
  };
}

function writtenOf(ground: Ground, column: SchemaColumn) {
  if (column.name.endsWith("TIMESTAMP")) {
    return drawTimes(ground, column.nullable, column.name === "TIMESTAMP" ? "now" : "past");
  }
  if (column.name.endsWith("_ID")) return drawIds(ground);
  return column.type === "string" ? drawTexts(ground, column) : drawNumbers(ground, column);
}
