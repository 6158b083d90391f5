import type {
  ColumnSchema,
  EventColumn,
  EventRows,
  EventTable,
  FilterColumn,
  FilterColumns,
  RowTable,
  TableName,
} from "./columns.js";

/** A value of a row in memory; several values of a text as "a|b". */
export type MemoryValue = string | number | boolean | null;

/** A column of a table in memory. */
export interface MemoryColumn extends ColumnSchema {
  /** Whether "a|b" is two values; default true, as it is for Amazon's categorical columns. */
  readonly multiValued?: boolean;
}

/** One interaction in memory: whose, with what, and its values by column. */
export interface MemoryEvent {
  readonly user: number;
  readonly target: number;
  readonly values: Readonly<Record<string, MemoryValue>>;
}

/** A dataset group small enough to write down: for tests, dry runs and examples. It does not change. */
export interface MemoryData {
  readonly schema: { readonly [table in TableName]?: readonly MemoryColumn[] };
  readonly Items?: readonly Readonly<Record<string, MemoryValue>>[];
  readonly Users?: readonly Readonly<Record<string, MemoryValue>>[];
  readonly Actions?: readonly Readonly<Record<string, MemoryValue>>[];
  readonly Interactions?: readonly MemoryEvent[];
  readonly Action_Interactions?: readonly MemoryEvent[];
}

/** Columns over data in memory. A row's index is its place in the array. */
export function memoryColumns(data: MemoryData): FilterColumns {
  const { schema } = data;
  return {
    ...(schema.Items && { Items: rowTable(schema.Items, data.Items ?? []) }),
    ...(schema.Users && { Users: rowTable(schema.Users, data.Users ?? []) }),
    ...(schema.Actions && { Actions: rowTable(schema.Actions, data.Actions ?? []) }),
    ...(schema.Interactions && { Interactions: eventTable(schema.Interactions, data.Interactions ?? []) }),
    ...(schema.Action_Interactions && {
      Action_Interactions: eventTable(schema.Action_Interactions, data.Action_Interactions ?? []),
    }),
  };
}

function rowTable(columns: readonly MemoryColumn[], rows: readonly Readonly<Record<string, MemoryValue>>[]): RowTable {
  const encoded = new Map(
    columns.map((column) => {
      const encoder = new Encoder(column);
      const numbers = rows.map((row) => encoder.encode(row[column.name] ?? null));
      return [column.name, filterColumn(encoder, numbers)];
    }),
  );
  return { count: rows.length, version: 1, columns, column: (name) => encoded.get(name) };
}

function filterColumn(encoder: Encoder, numbers: readonly number[]): FilterColumn {
  const column = encoder.eventColumn();
  if (column.kind !== "text") return { kind: column.kind, values: Float64Array.from(numbers) };
  return { ...column, values: Int32Array.from(numbers) };
}

function eventTable(columns: readonly MemoryColumn[], events: readonly MemoryEvent[]): EventTable {
  const encoders = new Map(columns.map((column) => [column.name, new Encoder(column)]));
  const byUser = new Map<number, { targets: number[]; values: Map<string, number[]> }>();
  for (const { user, target, values } of events) {
    const rows = byUser.get(user) ?? { targets: [], values: new Map(columns.map(({ name }) => [name, []])) };
    byUser.set(user, rows);
    rows.targets.push(target);
    for (const [name, encoder] of encoders) rows.values.get(name)!.push(encoder.encode(values[name] ?? null));
  }
  const eventColumns = new Map([...encoders].map(([name, encoder]) => [name, encoder.eventColumn()]));
  return {
    version: 1,
    columns,
    column: (name) => eventColumns.get(name),
    rows(user): EventRows {
      const rows = byUser.get(user);
      return { targets: rows?.targets ?? [], values: (name) => rows?.values.get(name) ?? [] };
    },
  };
}

/** Turns a column's values into numbers, each different text into one code. */
class Encoder {
  readonly dictionary: string[] = [];
  readonly #codes = new Map<string, number>();

  constructor(readonly column: MemoryColumn) {}

  encode(value: MemoryValue): number {
    if (this.column.type !== "text") return value === null ? NaN : Number(value);
    if (value === null || value === "") return -1;
    const text = String(value);
    const code = this.#codes.get(text) ?? this.dictionary.push(text) - 1;
    this.#codes.set(text, code);
    return code;
  }

  eventColumn(): EventColumn {
    if (this.column.type !== "text") return { kind: this.column.type };
    return {
      kind: "text",
      dictionary: this.dictionary,
      multiValued: this.column.multiValued ?? true,
      codeOf: (text) => this.#codes.get(text) ?? -1,
    };
  }
}
