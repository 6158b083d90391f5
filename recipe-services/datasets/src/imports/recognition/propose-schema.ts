import type { DatasetTypeRules } from "../../schema/dataset-types.js";
import type { ColumnFigures } from "./column-figures.js";
import type { ColumnKind } from "./layout.js";

/** Average characters from which on text is taken for prose. */
const PROSE_LENGTH = 40;

/** Most distinct values of a categorical column without "|". */
const MAX_CATEGORIES = 100;

type Field = { name: string; type: string | [string, "null"]; categorical?: true; textual?: true };

/** A proposed schema. */
export interface ProposedSchema {
  /** The Avro record as JSON text. */
  readonly schema: string;
  /** What was guessed and why, one sentence each. */
  readonly notes: string[];
}

/**
 * Proposes a schema.
 * @param figures the columns in the order of the schema
 * @param kinds what is known of them beforehand, by name
 */
export function proposeSchema(
  rules: DatasetTypeRules,
  figures: readonly ColumnFigures[],
  kinds: ReadonlyMap<string, ColumnKind | undefined>,
): ProposedSchema {
  const notes: string[] = [];
  const fields = figures.map((column) => proposeField(rules, column, kinds.get(column.name), notes));
  for (const known of rules.known) {
    if (known.required && !fields.some((field) => field.name === known.name)) {
      notes.push(`The file has no column for ${known.name}, which ${rules.label} need; map the column that holds it.`);
      fields.push({ name: known.name, type: known.types[0]! });
    }
  }
  const record = {
    type: "record",
    name: rules.label,
    namespace: "com.amazonaws.personalize.schema",
    fields,
    version: "1.0",
  };
  return { schema: JSON.stringify(record, null, 2), notes };
}

function proposeField(
  rules: DatasetTypeRules,
  figures: ColumnFigures,
  kind: ColumnKind | undefined,
  notes: string[],
): Field {
  const { name } = figures;
  const known = rules.known.find((candidate) => candidate.name === name);
  if (known) return { name, type: known.required ? known.types[0]! : [known.types[0]!, "null"] };
  switch (kind ?? kindOf(rules, figures, notes)) {
    case "categorical":
      return { name, type: ["string", "null"], categorical: true };
    case "textual":
      // Prose is a column of items only.
      return rules.label === "Items"
        ? { name, type: ["string", "null"], textual: true }
        : { name, type: ["string", "null"] };
    case "boolean":
      return { name, type: ["boolean", "null"] };
    case "int":
    case "long":
      return { name, type: ["long", "null"] };
    case "float":
    case "double":
      return { name, type: ["float", "null"] };
    case "string":
      return { name, type: ["string", "null"] };
  }
}

function kindOf(rules: DatasetTypeRules, figures: ColumnFigures, notes: string[]): ColumnKind {
  const { name, filled } = figures;
  if (filled === 0) {
    notes.push(`${name} is empty in the rows looked at; it was taken for text.`);
    return "string";
  }
  if (figures.boolean === filled) return "boolean";
  if (figures.whole === filled) {
    notes.push(`${name} holds whole numbers only; change it to a string if they are codes.`);
    return "long";
  }
  if (figures.digits === filled) {
    notes.push(`${name} is a string: its numbers have leading zeros, or more than 64 bits.`);
    return "string";
  }
  if (figures.decimal === filled) return "float";
  if (figures.lists > 0) {
    notes.push(`${name} is categorical: values are joined by "|".`);
    return "categorical";
  }
  if (rules.label === "Items" && figures.length >= PROSE_LENGTH) {
    notes.push(`${name} is textual: ${Math.round(figures.length)} characters on average.`);
    return "textual";
  }
  if (figures.distinct <= MAX_CATEGORIES && figures.distinct * 2 <= filled) {
    notes.push(`${name} is categorical: ${figures.distinct} distinct values in ${filled} rows.`);
    return "categorical";
  }
  return "string";
}
