import type { ColumnCondition, Condition, FilterClause, FilterExpression, ListValue } from "../language/syntax.js";
import type { FilterContext } from "../matching/evaluation.js";
import type { MemoryData, MemoryEvent, MemoryValue } from "../schema/memory-columns.js";

/** True, false, or not known because a parameter has no value. */
type Truth = boolean | undefined;
type Row = Readonly<Record<string, MemoryValue>>;
type Events = "Interactions" | "Action_Interactions";

const and = (truths: readonly Truth[]): Truth =>
  truths.includes(false) ? false : truths.includes(undefined) ? undefined : true;
const or = (truths: readonly Truth[]): Truth =>
  truths.includes(true) ? true : truths.includes(undefined) ? undefined : false;
const not = (truth: Truth): Truth => (truth === undefined ? undefined : !truth);

/**
 * The meaning of filters in the plainest form: the syntax walked row by row, values compared as they stand. It shares
 * nothing with the compiler, and is what the compiler is compared with.
 */
export class NaiveFilter {
  constructor(
    private readonly data: MemoryData,
    private readonly filter: FilterExpression,
    private readonly parameters: ReadonlyMap<string, readonly string[]>,
    private readonly context: FilterContext,
  ) {}

  /** Whether the filter holds a row back. */
  excludes(row: number): boolean {
    const active = this.filter.clauses.filter(({ when }) => when === undefined || this.truth(when, row) === true);
    const selects = ({ where }: FilterClause): boolean => this.truth(where, row) === true;
    const includes = active.filter(({ action }) => action === "INCLUDE");
    const excludes = active.filter(({ action }) => action === "EXCLUDE");
    return excludes.some(selects) || (includes.length > 0 && !includes.some(selects));
  }

  private truth(condition: Condition, row: number): Truth {
    const dataset = aboutOneEvent(condition);
    if (dataset !== undefined) return this.someEvent(dataset, row, [condition]);
    switch (condition.kind) {
      case "not":
        return not(this.truth(condition.condition, row));
      case "or":
        return or(condition.conditions.map((part) => this.truth(part, row)));
      case "and":
        return this.truthOfAll(condition.conditions, row);
      default: {
        if (isDenial(condition)) return not(this.truth(opposite(condition), row));
        return this.compare(condition, this.cell(condition, row), columnType(this.data, condition));
      }
    }
  }

  private truthOfAll(conditions: readonly Condition[], row: number): Truth {
    const truths = conditions.filter((part) => aboutOneEvent(part) === undefined).map((part) => this.truth(part, row));
    for (const dataset of ["Interactions", "Action_Interactions"] as const) {
      const own = conditions.filter((part) => aboutOneEvent(part) === dataset);
      const typed = own.filter(asksForType);
      const untyped = own.filter((part) => !asksForType(part));
      if (typed.length < 2) truths.push(own.length === 0 ? true : this.someEvent(dataset, row, own));
      else for (const part of typed) truths.push(this.someEvent(dataset, row, [part, ...untyped]));
    }
    return and(truths);
  }

  private someEvent(dataset: Events, row: number, conditions: readonly Condition[]): Truth {
    const ofUsers = this.filter.target === "UserID";
    const mine = (this.data[dataset] ?? []).filter(({ user, target }) =>
      ofUsers ? user === row : user === this.context.user && target === row,
    );
    return or(mine.map((event) => and(conditions.map((part) => this.eventTruth(part, event)))));
  }

  private eventTruth(condition: Condition, event: MemoryEvent): Truth {
    if (condition.kind === "and") return and(condition.conditions.map((part) => this.eventTruth(part, event)));
    if (condition.kind === "or") return or(condition.conditions.map((part) => this.eventTruth(part, event)));
    if (condition.kind === "not") throw new Error("A denial is not about one event.");
    return this.compare(condition, event.values[condition.field.column] ?? null, columnType(this.data, condition));
  }

  private cell({ field }: ColumnCondition, row: number): MemoryValue {
    const rows: readonly [readonly Row[] | undefined, number | undefined] =
      field.dataset === "CurrentUser"
        ? [this.data.Users, this.context.user]
        : field.dataset === "CurrentItem"
          ? [this.data.Items, this.context.currentItem]
          : [this.data[field.dataset as "Items"], row];
    return rows[0]?.[rows[1] ?? -1]?.[field.column] ?? null;
  }

  private compare(condition: ColumnCondition, cell: MemoryValue, type: string): Truth {
    const values = this.values(condition);
    if (values === undefined) return undefined;
    const eventType = condition.field.column === "EVENT_TYPE";
    if (eventType && values.includes("*")) return true;
    if (cell === null || cell === "") return false;
    if (condition.kind === "contains") {
      return values.some((value) => String(cell).toLowerCase().includes(String(value).toLowerCase()));
    }
    return values.some((value) => {
      if (value === null) return false;
      if (type === "text") return textsMeet(String(cell), String(value), this.isSplit(condition), eventType);
      const [left, right] = [asNumber(cell), asNumber(value)];
      switch (condition.kind === "compare" ? condition.operator : "=") {
        case "<":
          return left < right;
        case "<=":
          return left <= right;
        case ">":
          return left > right;
        case ">=":
          return left >= right;
        default:
          return left === right;
      }
    });
  }

  /** All that the column is compared with; of a column with several values each of them. None without a parameter. */
  private values(condition: ColumnCondition): readonly MemoryValue[] | undefined {
    const listed: readonly ListValue[] = condition.kind === "compare" ? [condition.value] : condition.values;
    const values: MemoryValue[] = [];
    for (const value of listed) {
      if (value.kind === "text") values.push(value.text);
      if (value.kind === "number") values.push(value.number);
      if (value.kind === "boolean") values.push(value.boolean);
      if (value.kind === "any") values.push("*");
      if (value.kind === "now") values.push(this.context.now + value.offset);
      if (value.kind === "field") {
        const cell = this.data.Items?.[this.context.currentItem ?? -1]?.[value.column] ?? null;
        const split = this.data.schema.Items!.find(({ name }) => name === value.column)!.multiValued;
        if (cell !== null) values.push(...(split ? [cell, ...String(cell).split("|")] : [cell]));
      }
      if (value.kind === "parameter") {
        const given = this.parameters.get(value.name);
        if (given === undefined) return undefined;
        values.push(...given);
      }
    }
    return values;
  }

  private isSplit(condition: ColumnCondition): boolean {
    return columnOf(this.data, condition).multiValued ?? true;
  }
}

function columnOf(data: MemoryData, { field }: ColumnCondition): (typeof data.schema.Items & object)[number] {
  const table = { CurrentUser: "Users", CurrentItem: "Items" }[field.dataset as string] ?? field.dataset;
  return data.schema[table as "Items"]!.find(({ name }) => name === field.column)!;
}

function columnType(data: MemoryData, condition: ColumnCondition): string {
  return columnOf(data, condition).type;
}

function textsMeet(cell: string, value: string, split: boolean, ignoreCase: boolean): boolean {
  const plain = (text: string): string => (ignoreCase ? text.toLowerCase() : text);
  const own = split ? [cell, ...cell.split("|")] : [cell];
  return own.some((part) => part !== "" && plain(part) === plain(value));
}

/** Booleans are 1 and 0 however they are written. */
function asNumber(value: string | number | boolean): number {
  const text = String(value).toLowerCase();
  return text === "true" ? 1 : text === "false" ? 0 : Number(text);
}

function isDenial(condition: ColumnCondition): boolean {
  return condition.kind === "in" ? condition.negated : condition.kind === "compare" && condition.operator === "!=";
}

function opposite(condition: ColumnCondition): ColumnCondition {
  if (condition.kind === "in") return { ...condition, negated: false };
  return { ...condition, operator: "=" } as ColumnCondition;
}

/** The dataset of interactions of which a condition asks that one interaction meets it; none when it asks otherwise. */
function aboutOneEvent(condition: Condition): Events | undefined {
  if (condition.kind === "not") return undefined;
  if (condition.kind === "and" || condition.kind === "or") {
    const datasets = new Set(condition.conditions.map(aboutOneEvent));
    const contradictory = condition.kind === "and" && condition.conditions.filter(asksForType).length > 1;
    return datasets.size === 1 && !contradictory ? [...datasets][0] : undefined;
  }
  const { dataset } = condition.field;
  return (dataset === "Interactions" || dataset === "Action_Interactions") && !isDenial(condition)
    ? dataset
    : undefined;
}

function asksForType(condition: Condition): boolean {
  if (condition.kind === "not") return asksForType(condition.condition);
  if (condition.kind === "and" || condition.kind === "or") return condition.conditions.some(asksForType);
  return condition.field.column === "EVENT_TYPE";
}
