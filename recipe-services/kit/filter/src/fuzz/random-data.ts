import type { Random } from "@palate/numeric";
import type { MemoryColumn, MemoryData, MemoryEvent, MemoryValue } from "../schema/memory-columns.js";
import { pick, RANDOM_SCHEMA, type RandomColumn } from "./random-filter.js";

type Row = Readonly<Record<string, MemoryValue>>;

/** A small dataset group with every kind of column, values missing here and there, that fits random filters. */
export function randomData(random: Random): MemoryData {
  const rows = (count: number, columns: readonly RandomColumn[]): readonly Row[] =>
    Array.from({ length: count }, () => randomRow(random, columns));
  const events = (count: number, columns: readonly RandomColumn[], targets: number): readonly MemoryEvent[] =>
    Array.from({ length: count }, () => ({
      user: random.integer(5),
      target: random.integer(targets),
      values: randomRow(random, columns),
    }));
  const schema = Object.fromEntries(
    Object.entries(RANDOM_SCHEMA).map(([table, columns]) => [
      table,
      columns.map(({ name, type, multiValued = false }): MemoryColumn => ({ name, type, multiValued })),
    ]),
  );
  return {
    schema,
    Items: rows(1 + random.integer(12), RANDOM_SCHEMA.Items),
    Users: rows(6, RANDOM_SCHEMA.Users),
    Actions: rows(5, RANDOM_SCHEMA.Actions),
    // Some interactions are with items that are not among the rows, as they may be while data arrive.
    Interactions: events(random.integer(150), RANDOM_SCHEMA.Interactions, 13),
    Action_Interactions: events(random.integer(50), RANDOM_SCHEMA.Action_Interactions, 5),
  };
}

function randomRow(random: Random, columns: readonly RandomColumn[]): Row {
  return Object.fromEntries(columns.map((column) => [column.name, randomCell(random, column)]));
}

function randomCell(random: Random, { type, multiValued = false, values }: RandomColumn): MemoryValue {
  if (random.uniform() < 0.15) return null;
  if (type === "boolean") return random.uniform() < 0.5;
  if (type === "number" || !multiValued) return pick(random, values);
  return Array.from({ length: 1 + random.integer(3) }, () => pick(random, values)).join("|");
}
