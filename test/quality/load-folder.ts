import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { filterInteractions, pickColumns, type AttributeColumn, type TrainingData } from "@palate/recipe";
import { existsSync } from "node:fs";
import { basename, join } from "node:path";

/** A data set read from a folder. */
export interface Dataset {
  /** The folder's name. */
  readonly name: string;
  readonly data: TrainingData;
}

type Cell = string | number | boolean | null;

/** A file's columns by name, values in row order. `ids` are read as text whatever they look like. */
async function readColumns(
  connection: DuckDBConnection,
  file: string,
  types: Readonly<Record<string, string>>,
): Promise<Map<string, Cell[]>> {
  const quoted = `'${file.replaceAll("'", "''")}'`;
  const described = await connection.runAndReadAll(
    `DESCRIBE SELECT * FROM read_csv(${quoted}, hive_partitioning = false)`,
  );
  const names = described.getColumns()[0]!.map(String);
  const wanted = Object.entries(types).filter(([name]) => names.includes(name));
  const typed = wanted.map(([name, type]) => `'${name}': '${type}'`).join(", ");
  const option = typed === "" ? "" : `, types = {${typed}}`;
  const rows = await connection.runAndReadAll(`SELECT * FROM read_csv(${quoted}, hive_partitioning = false${option})`);
  const plain = (value: unknown): Cell => {
    if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean")
      return value;
    return typeof value === "bigint" ? Number(value) : String(value);
  };
  return new Map(rows.getColumns().map((column, position) => [names[position]!, column.map(plain)]));
}

/** Gives each value an index in order of first appearance, continuing what `known` holds. */
function indexed(
  values: readonly Cell[],
  known = new Map<string, number>(),
): { of: Int32Array; ids: Map<string, number> } {
  const of = new Int32Array(values.length);
  values.forEach((value, row) => {
    const id = String(value ?? "");
    let index = known.get(id);
    if (index === undefined) known.set(id, (index = known.size));
    of[row] = index;
  });
  return { of, ids: known };
}

/** Metadata columns lined up with the ids, `null` for ids that the file does not have. */
function aligned(
  table: Map<string, Cell[]>,
  key: string,
  ids: ReadonlyMap<string, number>,
): Record<string, AttributeColumn> {
  const keys = table.get(key)?.map(String) ?? [];
  const columns = [...table].filter(([name]) => name !== key);
  return Object.fromEntries(
    columns.map(([name, values]) => {
      const column = new Array<Cell>(ids.size).fill(null);
      keys.forEach((id, row) => {
        const index = ids.get(id);
        if (index !== undefined) column[index] = values[row]!;
      });
      return [name, column];
    }),
  );
}

/** Rows by user, then time; rows of equal time keep the file's order. */
function orderOf(
  users: Int32Array,
  timestamps: Float64Array,
  userCount: number,
): { offsets: Int32Array; order: Int32Array } {
  const offsets = new Int32Array(userCount + 1);
  for (const user of users) offsets[user + 1]!++;
  for (let user = 0; user < userCount; user++) offsets[user + 1]! += offsets[user]!;
  const order = new Int32Array(users.length);
  const next = offsets.slice();
  users.forEach((user, row) => {
    order[next[user]!++] = row;
  });
  for (let user = 0; user < userCount; user++)
    order.subarray(offsets[user], offsets[user + 1]).sort((a, b) => timestamps[a]! - timestamps[b]! || a - b);
  return { offsets, order };
}

/**
 * Reads `interactions.csv.gz` and, where they are there, `items.csv.gz` and `users.csv.gz` from a folder.
 * @throws Error naming the file or the column that is missing
 */
export async function loadFolder(folder: string): Promise<Dataset> {
  const file = (table: string): string => join(folder, `${table}.csv.gz`);
  if (!existsSync(file("interactions"))) throw new Error(`${file("interactions")} does not exist.`);
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    const ids = { USER_ID: "VARCHAR", ITEM_ID: "VARCHAR" };
    const types = { ...ids, TIMESTAMP: "DOUBLE", EVENT_TYPE: "VARCHAR", EVENT_VALUE: "DOUBLE" };
    const interactions = await readColumns(connection, file("interactions"), types);
    const optional = async (table: string): Promise<Map<string, Cell[]>> =>
      existsSync(file(table)) ? readColumns(connection, file(table), ids) : new Map<string, Cell[]>();
    const itemTable = await optional("items");
    const userTable = await optional("users");
    const required = (name: string): Cell[] => {
      const column = interactions.get(name);
      if (column === undefined) throw new Error(`${file("interactions")} has no column ${name}.`);
      return column;
    };
    const items = indexed(required("ITEM_ID"), indexed(itemTable.get("ITEM_ID") ?? []).ids);
    const users = indexed(required("USER_ID"));
    const timestamps = Float64Array.from(required("TIMESTAMP"), Number);
    const { offsets, order } = orderOf(users.of, timestamps, users.ids.size);
    const events = indexed(interactions.get("EVENT_TYPE") ?? new Array<Cell>(order.length).fill(null));
    const values = interactions.get("EVENT_VALUE");
    const data: TrainingData = {
      userIds: [...users.ids.keys()],
      itemIds: [...items.ids.keys()],
      offsets,
      items: order.map((row) => items.of[row]!),
      timestamps: Float64Array.from(order, (row) => timestamps[row]!),
      eventTypes: Uint16Array.from(order, (row) => events.of[row]!),
      eventTypeNames: [...events.ids.keys()],
      eventValues: Float32Array.from(order, (row) => Number(values?.[row] ?? Number.NaN)),
      itemAttributes: aligned(itemTable, "ITEM_ID", items.ids),
      userAttributes: aligned(userTable, "USER_ID", users.ids),
    };
    return { name: basename(folder), data };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** What the data are, in one line. */
export function describeData(name: string, data: TrainingData, minimum: number): string {
  const { userIds, itemIds, items } = data;
  const dropped = minimum > 0 ? ` (items with fewer than ${minimum} interactions dropped)` : "";
  return `${name}: ${items.length} interactions of ${userIds.length} users with ${itemIds.length} items${dropped}`;
}

/** The data without items that have fewer interactions than `minimum`, nor their interactions; 0 keeps everything. */
export function withoutRareItems(data: TrainingData, minimum: number): TrainingData {
  if (minimum <= 0) return data;
  const counts = new Int32Array(data.itemIds.length);
  for (const item of data.items) counts[item]!++;
  const kept = data.itemIds.flatMap((_, item) => (counts[item]! >= minimum ? [item] : []));
  const renamed = new Int32Array(data.itemIds.length).fill(-1);
  kept.forEach((item, index) => (renamed[item] = index));
  const rows = Array.from(data.items.keys()).filter((row) => renamed[data.items[row]!]! >= 0);
  const offsets = data.offsets.slice();
  let row = 0;
  for (let user = 1; user < offsets.length; user++) {
    while (row < rows.length && rows[row]! < data.offsets[user]!) row++;
    offsets[user] = row;
  }
  return {
    ...data,
    itemIds: kept.map((item) => data.itemIds[item]!),
    offsets,
    items: Int32Array.from(rows, (r) => renamed[data.items[r]!]!),
    timestamps: Float64Array.from(rows, (r) => data.timestamps[r]!),
    eventTypes: Uint16Array.from(rows, (r) => data.eventTypes[r]!),
    eventValues: Float32Array.from(rows, (r) => data.eventValues[r]!),
    ...(data.contextColumns && { contextColumns: pickColumns(data.contextColumns, rows) }),
    itemAttributes: Object.fromEntries(
      Object.entries(data.itemAttributes).map(([name, column]) => [name, kept.map((item) => column[item]!)]),
    ),
  };
}

/** The data with only the newest interactions of each user, `most` of them; undefined keeps all. */
export function withLatest(data: TrainingData, most: number | undefined): TrainingData {
  if (most === undefined) return data;
  return filterInteractions(data, (interaction, user) => interaction >= data.offsets[user + 1]! - most);
}

/** The data with only the named metadata columns of items and users. */
export function withColumns(data: TrainingData, names: readonly string[] | undefined): TrainingData {
  if (names === undefined) return data;
  const only = (columns: Readonly<Record<string, AttributeColumn>>): Record<string, AttributeColumn> =>
    Object.fromEntries(Object.entries(columns).filter(([name]) => names.includes(name)));
  return { ...data, itemAttributes: only(data.itemAttributes), userAttributes: only(data.userAttributes) };
}
