import { invalidArgument } from "@palate/host";
import { DatasetType, TimeUnit } from "@palate/proto/dataset";
import { columnKey, toColumnName } from "../../schema/column-name.js";
import { rulesOf, type DatasetTypeRules } from "../../schema/dataset-types.js";
import { bestForRole, saysCreation, type Role } from "./column-roles.js";
import { hasDecimalComma, hasOuterSpace, listSeparator, nullWords } from "./sampling/column-values.js";
import { textsAt, type ContentSample } from "./sampling/content-sample.js";
import type { Plan, PlannedColumn } from "./layout.js";
import { timesOf } from "./sampling/time-formats.js";

const { DATASET_TYPE_INTERACTIONS, DATASET_TYPE_ITEMS, DATASET_TYPE_USERS } = DatasetType;

/** Roles that the columns of a dataset type may have. */
const ROLES: readonly Role[] = ["USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE", "EVENT_VALUE"];

/** One column of the file, and what its values show. */
interface FileColumn {
  readonly name: string;
  /** Filled values, without words for "no value". */
  readonly texts: readonly string[];
  /** Its words for "no value". */
  readonly nulls: readonly string[];
}

/**
 * Proposes how a file of no known layout becomes a dataset.
 * @param type the dataset's type; told by the columns when undefined
 * @throws PalateError `invalid_argument` when the type cannot be told
 */
export function planGenerically(sample: ContentSample, type?: DatasetType): Plan {
  const columns = sample.columns.map((name) => fileColumn(sample, name));
  const isLog = sample.table?.header === false && columns.some(({ texts }) => timesOf(texts) !== undefined);
  // Without names, times are what tells that rows are events.
  const told = type ?? (isLog ? DATASET_TYPE_INTERACTIONS : typeOf(sample.columns));
  return new Proposal(sample, columns, rulesOf(told)).plan();
}

function fileColumn(sample: ContentSample, name: string): FileColumn {
  const all = textsAt(sample, name);
  const nulls = nullWords(all);
  return { name, nulls, texts: nulls.length === 0 ? all : all.filter((text) => !nulls.includes(text)) };
}

/** The dataset type that names of columns tell. Throws `invalid_argument` when they do not. */
export function typeOf(names: readonly string[]): DatasetType {
  const has = (role: Role) => bestForRole(role, names) !== undefined;
  if (names.some((name) => columnKey(name) === "ACTIONID")) {
    return has("USER_ID") ? DatasetType.DATASET_TYPE_ACTION_INTERACTIONS : DatasetType.DATASET_TYPE_ACTIONS;
  }
  if (has("USER_ID") && has("ITEM_ID")) return DATASET_TYPE_INTERACTIONS;
  if (has("ITEM_ID")) return DATASET_TYPE_ITEMS;
  if (has("USER_ID")) return DATASET_TYPE_USERS;
  const right = "cannot be told from the columns; INTERACTIONS, ITEMS, USERS, ACTIONS or ACTION_INTERACTIONS is right";
  const message = `dataset_type ${right}. The file has ${names.slice(0, 50).join(", ")}.`;
  throw invalidArgument(message, [{ field: "dataset_type", message: right }]);
}

/** Puts a plan together. */
class Proposal {
  readonly #sample: ContentSample;
  readonly #columns: readonly FileColumn[];
  readonly #rules: DatasetTypeRules;
  readonly #planned: Record<string, PlannedColumn> = {};
  readonly #notes: string[] = [];
  readonly #warnings: string[] = [];
  readonly #ignored: string[] = [];

  constructor(sample: ContentSample, columns: readonly FileColumn[], rules: DatasetTypeRules) {
    this.#sample = sample;
    this.#columns = columns;
    this.#rules = rules;
  }

  plan(): Plan {
    this.#tellShape();
    const known = this.#assignKnown();
    for (const column of this.#columns) this.#planColumn(column, known.get(column.name));
    this.#tellMissing();
    return {
      type: this.#rules.type,
      columns: this.#planned,
      rowsPath: this.#sample.rowsPath,
      ...this.#words(),
      ...(this.#ignored.length > 0 ? { ignored: this.#ignored } : {}),
      notes: this.#notes,
      warnings: this.#warnings,
    };
  }

  /** Says what is odd about the rows of a text file. */
  #tellShape(): void {
    const { table } = this.#sample;
    if (table === undefined) return;
    if (!table.header) {
      this.#warnings.push(
        "The first line was taken for values, not for names of columns: columns are called #1, #2 and so on by their place.",
      );
    }
    if (table.raggedRows > 0) {
      this.#warnings.push(
        `${table.raggedRows} of ${table.rows.length} rows looked at have another number of values than ${table.width}.`,
      );
    }
  }

  /** Which columns of the file are meant as columns with a fixed meaning: name in the file → name in the schema. */
  #assignKnown(): Map<string, string> {
    const assigned = new Map<string, string>();
    const usable = this.#columns
      .map(({ name }) => name)
      .filter((name) => name !== "" && !this.#sample.unusable?.has(name));
    const free = () => usable.filter((name) => !assigned.has(name));
    for (const known of this.#rules.known) {
      const exact = free().find((name) => columnKey(name) === columnKey(known.name));
      if (exact !== undefined) assigned.set(exact, known.name);
    }
    const taken = new Set(assigned.values());
    for (const known of this.#rules.known) {
      if (taken.has(known.name)) continue;
      const found = this.#candidate(known.name, free());
      if (found === undefined) continue;
      assigned.set(found, known.name);
      this.#notes.push(`${found} was taken for ${known.name}.`);
    }
    return assigned;
  }

  #candidate(known: string, names: readonly string[]): string | undefined {
    if (known === "CREATION_TIMESTAMP") return names.find((name) => saysCreation(name) && this.#hasTimes(name));
    const role = ROLES.find((candidate) => candidate === known);
    if (role === undefined) return undefined;
    const fits = role === "TIMESTAMP" ? names.filter((name) => this.#hasTimes(name)) : names;
    const named = bestForRole(role, fits);
    if (named !== undefined || this.#sample.table?.header !== false) return named ?? this.#idColumn(known, names);
    return this.#byPlace(role, names);
  }

  /** A column that is called "id" in a file of items or users. */
  #idColumn(known: string, names: readonly string[]): string | undefined {
    const isId = this.#rules.type !== DATASET_TYPE_INTERACTIONS && known === this.#rules.known[0]?.name;
    return isId ? names.find((name) => columnKey(name) === "ID") : undefined;
  }

  /** Without names, times are told by their values, and ids by their place. */
  #byPlace(role: Role, names: readonly string[]): string | undefined {
    if (role === "TIMESTAMP") return names.find((name) => this.#hasTimes(name));
    const isFirst = this.#rules.known[0]?.name === role;
    if (isFirst || (role === "ITEM_ID" && this.#rules.type === DATASET_TYPE_INTERACTIONS)) {
      return names.find((name) => !this.#hasTimes(name));
    }
    return undefined;
  }

  #hasTimes(name: string): boolean {
    const column = this.#columns.find((candidate) => candidate.name === name);
    if (this.#sample.temporal?.includes(name) === true) return true;
    return column !== undefined && timesOf(column.texts) !== undefined;
  }

  #planColumn(column: FileColumn, known: string | undefined): void {
    const { name, texts } = column;
    if (name === "") {
      this.#ignored.push(`#${this.#columns.indexOf(column) + 1}`);
      this.#notes.push("A column without a name is left out.");
      return;
    }
    const unusable = this.#sample.unusable?.get(name);
    if (unusable !== undefined) {
      this.#ignored.push(name);
      this.#notes.push(`${name} is left out: it ${unusable}.`);
      return;
    }
    const target = known ?? this.#freeName(name);
    if (known === undefined && target !== name) this.#notes.push(`${name} is called ${target}.`);
    const isTime = this.#rules.timeColumns.includes(target);
    const decimalComma = !isTime && hasDecimalComma(texts);
    const separator = known === undefined && !decimalComma ? listSeparator(texts) : undefined;
    if (separator !== undefined) {
      const how = separator === "[]" ? "written in brackets" : `separated by ${JSON.stringify(separator)}`;
      this.#notes.push(`${target} holds lists, ${how}.`);
    }
    if (decimalComma) this.#notes.push(`${target} has decimal commas.`);
    this.#planned[target] = {
      from: name,
      ...(isTime ? this.#time(name, target, texts) : {}),
      ...(decimalComma ? { decimalMark: "," } : {}),
      ...(separator === undefined ? {} : { separator, kind: "categorical" as const }),
    };
  }

  #time(name: string, target: string, texts: readonly string[]): Pick<PlannedColumn, "time" | "decimalMark"> {
    // What has a type of its own needs no word, and bears none.
    if (this.#sample.temporal?.includes(name) === true) return {};
    const found = timesOf(texts);
    const withPoints = found ?? timesOf(texts.map((text) => text.replace(",", ".")));
    // Spreadsheets write large numbers like 1,7E+09.
    if (found === undefined && withPoints?.kind === "unit")
      return { time: { unit: withPoints.unit }, decimalMark: "," };
    if (found === undefined) {
      if (texts.length > 0) {
        const example = JSON.stringify(texts[0]!.slice(0, 60));
        this.#warnings.push(
          `${target} has values such as ${example}: say how they are times, unless they are Unix seconds.`,
        );
      }
      return {};
    }
    if (found.kind === "ambiguous") {
      this.#warnings.push(
        `${target} has dates such as ${JSON.stringify(found.example)}, whose day and month cannot be told apart; ` +
          `say "%d/%m/%Y" or "%m/%d/%Y", with their separator, in its time's formats.`,
      );
      return {};
    }
    if (found.kind === "unit") return isWholeSeconds(found.unit, texts) ? {} : { time: { unit: found.unit } };
    this.#notes.push(`Times of ${target} that do not say their zone are UTC.`);
    return { time: { formats: [...found.formats] } };
  }

  /** The schema's name for a column of the file, which no other has. */
  #freeName(name: string): string {
    const wanted = toColumnName(name);
    const taken = new Set(
      [...Object.keys(this.#planned), ...this.#rules.known.map((known) => known.name)].map(columnKey),
    );
    let free = wanted;
    for (let number = 2; taken.has(columnKey(free)); number++) free = `${wanted}_${number}`;
    return free;
  }

  /** Words for "no value", and white space to be cut off. */
  #words(): Pick<Plan, "nullValues" | "trim"> {
    const nulls = [...new Set(this.#columns.flatMap((column) => column.nulls))];
    if (nulls.length > 0)
      this.#notes.push(`${nulls.join(", ")} ${nulls.length === 1 ? "stands" : "stand"} for "no value".`);
    const trim = this.#columns.some((column) => hasOuterSpace(column.texts));
    if (trim) this.#notes.push("White space around values is cut off.");
    return { ...(nulls.length > 0 ? { nullValues: nulls } : {}), ...(trim ? { trim } : {}) };
  }

  #tellMissing(): void {
    for (const known of this.#rules.known) {
      if (!known.required || known.name in this.#planned) continue;
      const others = this.#columns.map(({ name }) => name).slice(0, 20);
      this.#warnings.push(
        `No column of the file was taken for ${known.name}, which ${this.#rules.label} need; map one of ${others.join(", ")} to it, or a constant.`,
      );
    }
  }
}

/** Whether times are as the schema has them. */
function isWholeSeconds(unit: TimeUnit, texts: readonly string[]): boolean {
  return unit === TimeUnit.TIME_UNIT_SECONDS && texts.every((text) => /^[+-]?\d+(\.0*)?$/.test(text));
}
