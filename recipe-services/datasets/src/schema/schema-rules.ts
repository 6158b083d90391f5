import { invalidArgument, type Violation } from "@palate/host";
import { type Column, DatasetType } from "@palate/proto/dataset";
import { columnKey, toColumnName } from "./column-name.js";
import {
  COLUMN_TYPES,
  rulesNamed,
  rulesOf,
  TYPE_LABELS,
  type ColumnType,
  type DatasetTypeRules,
  type KnownColumn,
} from "./dataset-types.js";

/** A schema that passed the rules. */
export interface CheckedSchema {
  /** The dataset type it is for. */
  readonly type: DatasetType;
  /** Its columns in order. */
  readonly columns: Column[];
}

const COLUMN_NAME = /^[A-Z][A-Z0-9_]*$/;
const TYPE_WORDS = `${COLUMN_TYPES.join(", ")}, or such a type with "null" as in ["string", "null"]`;

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isColumnType = (value: unknown): value is ColumnType => COLUMN_TYPES.includes(value as ColumnType);

/** Collects problems; each says where, what, and what would be right. */
class Problems {
  readonly list: Violation[] = [];
  add(field: string, message: string): void {
    this.list.push({ field, message });
  }
}

function checkType(
  raw: unknown,
  where: string,
  problems: Problems,
): { type: ColumnType; nullable: boolean } | undefined {
  const members = Array.isArray(raw) ? raw : [raw];
  const types = members.filter((member) => member !== "null");
  if (types.length !== 1 || members.length - types.length > 1) {
    problems.add(where, `${JSON.stringify(raw) ?? "nothing"} is not a type; it must be one of ${TYPE_WORDS}`);
    return undefined;
  }
  const type = types[0];
  if (!isColumnType(type)) {
    const nested = isObject(type) ? 'is nested; a schema is flat, and lists are text joined by "|"; it' : "is no type;";
    problems.add(where, `${JSON.stringify(type) ?? "nothing"} ${nested} must be one of ${TYPE_WORDS}`);
    return undefined;
  }
  return { type, nullable: types.length < members.length };
}

function checkFlag(field: Json, flag: string, where: string, problems: Problems): boolean {
  const value = field[flag] ?? false;
  if (typeof value === "boolean") return value;
  problems.add(`${where}.${flag}`, `${JSON.stringify(value)} must be true or false`);
  return false;
}

function checkField(field: unknown, where: string, rules: DatasetTypeRules, problems: Problems): Column | undefined {
  if (!isObject(field)) {
    problems.add(where, `${JSON.stringify(field)} must be an object such as {"name": "ITEM_ID", "type": "string"}`);
    return undefined;
  }
  const name = checkColumnName(field, where, problems);
  if (name === undefined) return undefined;
  const type = checkType(field["type"], `${where}.type`, problems);
  const categorical = checkFlag(field, "categorical", where, problems);
  const textual = checkFlag(field, "textual", where, problems);
  if (type === undefined) return undefined;
  const column = { name, type: type.type, nullable: type.nullable, categorical, textual };
  const known = rules.known.find((candidate) => candidate.name === name);
  if (known) checkKnownColumn(column, known, where, problems);
  checkFlags(column, rules, where, problems);
  const defaultValue = checkDefault(field, type.type, `${where}.default`, problems);
  if (defaultValue === undefined) return column;
  if (known?.required) problems.add(`${where}.default`, `${name} is in every row; leave the default out`);
  return { ...column, defaultValue };
}

function checkColumnName(field: Json, where: string, problems: Problems): string | undefined {
  const name = field["name"];
  if (typeof name === "string" && COLUMN_NAME.test(name)) return name;
  const right = typeof name === "string" && name !== "" ? ` such as "${toColumnName(name)}"` : "";
  problems.add(
    `${where}.name`,
    `${JSON.stringify(name) ?? "nothing"} must be capitals, digits and "_", starting with a letter${right}`,
  );
  return undefined;
}

/** What Amazon Personalize says of columns that it has a use for. */
function checkKnownColumn(column: Column, known: KnownColumn, where: string, problems: Problems): void {
  const { name, type, nullable, categorical } = column;
  if (!known.types.includes(type as ColumnType)) {
    problems.add(`${where}.type`, `${name} is ${type}; it must be ${known.types.join(" or ")}`);
  }
  if (known.required && nullable) {
    problems.add(`${where}.type`, `${name} may not be null; write "type": "${known.types[0]}"`);
  }
  if (categorical) {
    problems.add(`${where}.categorical`, `${name} is reserved and cannot be categorical; leave it out`);
  }
}

function checkFlags(column: Column, rules: DatasetTypeRules, where: string, problems: Problems): void {
  const { name, type, categorical, textual } = column;
  if ((categorical || textual) && type !== "string") {
    problems.add(where, `${name} is ${type}; only string columns can be categorical or textual`);
  }
  if (categorical && textual) problems.add(where, `${name} is both categorical and textual; choose one`);
  if (textual && rules.label !== "Items") {
    problems.add(`${where}.textual`, `${name} is textual in ${rules.label}; only Items have textual columns`);
  }
}

/** What stands in for a column in rows that do not have it, as JSON; undefined for null. */
function checkDefault(field: Json, type: ColumnType, where: string, problems: Problems): string | undefined {
  const value = field["default"] ?? null;
  if (value === null) return undefined;
  const right = {
    string: typeof value === "string" && value !== "",
    boolean: typeof value === "boolean",
    int: Number.isInteger(value) && Math.abs(value as number) < 2 ** 31,
    long: Number.isSafeInteger(value),
    float: typeof value === "number" && Number.isFinite(value),
    double: typeof value === "number" && Number.isFinite(value),
  };
  if (right[type]) return JSON.stringify(value);
  problems.add(where, `${JSON.stringify(value)} must be ${type === "string" ? "a text" : `of type ${type}`}, or null`);
  return undefined;
}

function checkColumns(fields: readonly unknown[], rules: DatasetTypeRules, problems: Problems): Column[] {
  const columns: Column[] = [];
  const nameOfKey = new Map<string, string>();
  const named = new Set<unknown>();
  fields.forEach((field, index) => {
    const where = `fields[${index}]`;
    if (isObject(field)) named.add(field["name"]);
    const column = checkField(field, where, rules, problems);
    if (column === undefined) return;
    const twin = nameOfKey.get(columnKey(column.name));
    if (twin !== undefined) {
      problems.add(
        `${where}.name`,
        `${column.name} equals ${twin} (capitals and "_" do not count); rename one of them`,
      );
    }
    nameOfKey.set(columnKey(column.name), column.name);
    columns.push(column);
  });
  for (const known of rules.known) {
    if (known.required && !named.has(known.name)) {
      problems.add("fields", `${known.name} is missing; add {"name": "${known.name}", "type": "${known.types[0]}"}`);
    }
  }
  const requiredCount = rules.known.filter((known) => known.required).length;
  if (rules.needsMetadata && named.size <= requiredCount) {
    problems.add("fields", `${rules.label} need at least one column besides ${rules.idColumns.join(", ")}`);
  }
  return columns;
}

/**
 * Checks an Avro-JSON schema by Amazon Personalize's rules: a flat record, required and reserved columns with their
 * types, names unique without underscores. The number of columns is not limited.
 * @param text the Avro record as JSON
 * @param wanted the dataset type, or UNSPECIFIED to take it from the record's name
 * @throws PalateError `invalid_argument` with every problem in `violations`
 */
export function checkSchema(text: string, wanted: DatasetType): CheckedSchema {
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch (error) {
    throw invalidArgument(`The schema is not JSON: ${(error as Error).message}.`, [
      { field: "schema", message: "must be an Avro record as JSON text" },
    ]);
  }
  const problems = new Problems();
  if (!isObject(record)) throw invalidArgument("The schema must be a JSON object with type, name and fields.");
  if (record["type"] !== "record")
    problems.add("type", `${JSON.stringify(record["type"]) ?? "nothing"} must be "record"`);
  const named = rulesNamed(record["name"]);
  if (named === undefined) {
    problems.add("name", `${JSON.stringify(record["name"]) ?? "nothing"} must be one of ${TYPE_LABELS}`);
  }
  const rules = wanted === DatasetType.DATASET_TYPE_UNSPECIFIED ? named : rulesOf(wanted);
  if (named && rules && named !== rules) {
    problems.add("name", `"${named.label}" must be "${rules.label}", the dataset type asked for`);
  }
  const fields = record["fields"];
  if (!Array.isArray(fields)) problems.add("fields", "must be a list of columns");
  const columns = rules && Array.isArray(fields) ? checkColumns(fields, rules, problems) : [];
  if (problems.list.length > 0 || rules === undefined) {
    const lines = problems.list.map((problem) => `  ${problem.field}: ${problem.message}`);
    throw invalidArgument(`The schema breaks ${lines.length} rule(s):\n${lines.join("\n")}`, problems.list);
  }
  return { type: rules.type, columns };
}
