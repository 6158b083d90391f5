import { DatasetType, type Column, type DatasetColumns } from "@palate/proto/dataset";
import type { ColumnSchema, ColumnType, FilterSchema } from "./columns.js";

/** Columns of what users did about actions that filters know. */
export const ACTION_EVENT_COLUMNS: readonly ColumnSchema[] = [
  { name: "ACTION_ID", type: "text" },
  { name: "TIMESTAMP", type: "number" },
  { name: "EVENT_TYPE", type: "text" },
];

/** Columns of interactions that are of no use to a filter: users are who asks, the others are about other answers. */
const UNFILTERABLE = new Set(["USER_ID", "SESSION_ID", "IMPRESSION", "RECOMMENDATION_ID"]);

/** A column that filters can read. */
export interface FilterableColumn extends ColumnSchema {
  /** Whether "a|b" is two values: so it is in all texts but free ones, and event types, each of which is one value. */
  readonly multiValued: boolean;
}

/** Columns that interactions have whether the schema names them or not: every event may carry them. */
const EVERY_EVENT: readonly FilterableColumn[] = [
  { name: "TIMESTAMP", type: "number", multiValued: false },
  { name: "EVENT_TYPE", type: "text", multiValued: false },
  { name: "EVENT_VALUE", type: "number", multiValued: false },
];

/** A column of a schema as filters see it. */
export function filterableColumn({ name, type, textual }: Column): FilterableColumn {
  const kind: ColumnType = type === "string" ? "text" : type === "boolean" ? "boolean" : "number";
  return { name, type: kind, multiValued: kind === "text" && !textual };
}

/** The columns of interactions that filters know, beside the id of the item or action: fixed ones, then the schema's. */
export function eventColumns(columns: readonly Column[], targetColumn: string): readonly FilterableColumn[] {
  const fixed = new Set([...EVERY_EVENT.map(({ name }) => name), ...UNFILTERABLE, targetColumn]);
  return [...EVERY_EVENT, ...columns.filter(({ name }) => !fixed.has(name)).map(filterableColumn)];
}

/**
 * Names of the columns of interactions that say in which context something was done, so that requests may give it: those of the
 * schema's own that are categorical, or true and false. Numbers and other texts are about the one interaction, such as a price.
 */
export function contextColumnNames(columns: readonly Column[]): readonly string[] {
  const fixed = new Set(["ITEM_ID", ...EVERY_EVENT.map(({ name }) => name), ...UNFILTERABLE]);
  return columns
    .filter(({ name, type, categorical }) => !fixed.has(name) && (categorical || type === "boolean"))
    .map(({ name }) => name);
}

/**
 * The columns that filters of a dataset group may name. Items, users and interactions are always there, with their ids at
 * least: interactions make items and users known that no dataset describes.
 */
export function filterSchemaOf(datasets: readonly DatasetColumns[]): FilterSchema {
  const columnsOf = (type: DatasetType) => datasets.find(({ datasetType }) => datasetType === type)?.columns;
  const rows = (columns: readonly Column[], idColumn: string): readonly ColumnSchema[] => [
    { name: idColumn, type: "text" },
    ...columns.filter(({ name }) => name !== idColumn).map(filterableColumn),
  ];
  const events = columnsOf(DatasetType.DATASET_TYPE_INTERACTIONS) ?? [];
  const actions = columnsOf(DatasetType.DATASET_TYPE_ACTIONS);
  const hasActions = actions !== undefined || columnsOf(DatasetType.DATASET_TYPE_ACTION_INTERACTIONS) !== undefined;
  return {
    Items: rows(columnsOf(DatasetType.DATASET_TYPE_ITEMS) ?? [], "ITEM_ID"),
    Users: rows(columnsOf(DatasetType.DATASET_TYPE_USERS) ?? [], "USER_ID"),
    Interactions: [{ name: "ITEM_ID", type: "text" }, ...eventColumns(events, "ITEM_ID")],
    ...(hasActions && { Actions: rows(actions ?? [], "ACTION_ID"), Action_Interactions: ACTION_EVENT_COLUMNS }),
  };
}
