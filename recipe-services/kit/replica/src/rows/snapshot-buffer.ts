import { contextColumnNames, eventColumns } from "@palate/filter";
import { failedPrecondition } from "@palate/host";
import { DatasetType, type FilterDefinition, type SnapshotChunk, type SnapshotStart } from "@palate/proto/dataset";
import { isNegativeEvent, type InteractionColumn, type TrainingData } from "@palate/recipe";
import { ActionBuffer } from "./action-buffer.js";
import { AttributeTable } from "./attribute-table.js";
import { ChunkColumns } from "./chunk-columns.js";
import { ensureCapacity } from "./ensure-capacity.js";
import { EventValues, interactionColumn } from "./event-values.js";
import { IdIndex } from "./id-index.js";
import { impressionsOf, ImpressionTotalsCounter } from "./impression-totals.js";
import { gather, orderRows } from "./row-order.js";
import { resolveUsers, SessionIdentities } from "./session-identities.js";
import type { SnapshotRows } from "./snapshot-rows.js";

/** Most rows that memory is reserved for before any has arrived. */
const MAX_EXPECTED_ROWS = 50_000_000;
const MAX_EVENT_TYPES = 65_536;

/**
 * A snapshot while it arrives: every row as a few numbers in growing arrays, in order of arrival. Rows are kept as they
 * come, equal ones too: only the datasets service knows whether an interaction was recorded twice.
 */
export class SnapshotBuffer {
  /** Users by interaction or by the Users dataset; an anonymous session counts as a user. */
  readonly users = new IdIndex();
  /** Impressions by item; counted for serving only. */
  readonly impressions = new ImpressionTotalsCounter();
  /** Which of them are sessions. */
  readonly identities = new SessionIdentities(this.users);
  /** Items by interaction or by the Items dataset. */
  readonly items = new IdIndex();
  /** Metadata of the items. */
  readonly itemAttributes: AttributeTable;
  /** Metadata of the users. */
  readonly userAttributes: AttributeTable;
  /** Actions and what users did about them. */
  readonly actions: ActionBuffer;
  readonly #itemColumnKinds: Readonly<Record<string, "categorical" | "text">>;
  readonly #withEvents: boolean;
  readonly #eventTypeNames = new IdIndex();
  #rowsSeen = 0;
  #count = 0;
  #userOf: Int32Array;
  #itemOf: Int32Array;
  #timestamps: Float64Array;
  #eventTypes: Uint16Array;
  #eventValues: Float32Array;
  /** What filters read of interactions; where event types and values are for training, only columns of context. */
  readonly #filterable: readonly EventValues[];
  /** Columns of interactions that requests may give as context. */
  readonly contextColumns: readonly string[];
  /** The group's filters. */
  readonly filters: readonly FilterDefinition[];

  /** @param withEvents whether event types and values are wanted for training; serving has the columns of filters instead */
  constructor(start: SnapshotStart, withEvents: boolean) {
    const columnsOf = (type: DatasetType) =>
      start.datasets.find((dataset) => dataset.datasetType === type)?.columns ?? [];
    const room = Math.min(Math.max(0, start.expectedRows), MAX_EXPECTED_ROWS);
    this.itemAttributes = new AttributeTable(columnsOf(DatasetType.DATASET_TYPE_ITEMS), "ITEM_ID");
    this.userAttributes = new AttributeTable(columnsOf(DatasetType.DATASET_TYPE_USERS), "USER_ID");
    this.#itemColumnKinds = Object.fromEntries(
      columnsOf(DatasetType.DATASET_TYPE_ITEMS).flatMap(({ name, categorical, textual }) =>
        categorical || textual ? [[name, textual ? "text" : "categorical"] as const] : [],
      ),
    );
    this.actions = new ActionBuffer(start, this.identities);
    const eventSchema = columnsOf(DatasetType.DATASET_TYPE_INTERACTIONS);
    this.contextColumns = contextColumnNames(eventSchema);
    const columns = eventColumns(eventSchema, "ITEM_ID").filter(
      ({ name }) => !withEvents || this.contextColumns.includes(name),
    );
    this.#filterable = columns.filter(({ name }) => name !== "TIMESTAMP").map((column) => new EventValues(column));
    this.filters = start.filters;
    this.#withEvents = withEvents;
    this.#eventTypeNames.intern("");
    this.#userOf = new Int32Array(room);
    this.#itemOf = new Int32Array(room);
    this.#timestamps = new Float64Array(room);
    this.#eventTypes = new Uint16Array(withEvents ? room : 0);
    this.#eventValues = new Float32Array(withEvents ? room : 0);
  }

  /** Rows taken so far, over all datasets. */
  get rowsSeen(): number {
    return this.#rowsSeen;
  }

  /** Takes a chunk. */
  add(message: SnapshotChunk): void {
    const chunk = new ChunkColumns(message.arrowIpc);
    this.#rowsSeen += chunk.rows;
    switch (message.datasetType) {
      case DatasetType.DATASET_TYPE_INTERACTIONS:
        return this.#addInteractions(chunk);
      case DatasetType.DATASET_TYPE_ITEMS:
        return this.itemAttributes.setRows(chunk, owners(chunk, "ITEM_ID", this.items));
      case DatasetType.DATASET_TYPE_USERS:
        return this.#addUsers(chunk);
      case DatasetType.DATASET_TYPE_ACTIONS:
        return this.actions.addActions(chunk);
      case DatasetType.DATASET_TYPE_ACTION_INTERACTIONS:
        return this.actions.addInteractions(chunk);
      default: // A dataset of a kind that this version knows nothing of is of no use to it.
    }
  }

  /** The snapshot as serving holds it. */
  toRows(): SnapshotRows {
    const order = orderRows(this.#userOf, this.#timestamps, this.#count, this.users.size);
    const timestamps = gather(this.#timestamps, order.arrivals);
    const columns = this.#filterable.map((values) => values.inOrder(order.arrivals));
    return { ...order, items: gather(this.#itemOf, order.arrivals), timestamps, columns };
  }

  /** The snapshot as recipes train on it. Needs `withEvents`. */
  toTrainingData(): TrainingData {
    const { offsets, arrivals, items, timestamps, columns = [] } = this.toRows();
    const eventTypes = gather(this.#eventTypes, arrivals);
    const eventTypeNames = [...this.#eventTypeNames.ids];
    if (!eventTypes.includes(0)) {
      eventTypeNames.shift();
      for (let i = 0; i < eventTypes.length; i++) eventTypes[i]!--;
    }
    return {
      userIds: this.users.ids,
      itemIds: this.items.ids,
      offsets,
      items,
      timestamps,
      eventTypes,
      eventTypeNames,
      eventValues: gather(this.#eventValues, arrivals),
      itemAttributes: this.itemAttributes.columns(this.items.size),
      userAttributes: this.userAttributes.columns(this.users.size),
      ...(this.actions.present && { actions: this.actions.toActionData() }),
      itemColumnKinds: this.#itemColumnKinds,
      ...(columns.length > 0 && { contextColumns: contextColumns(columns, items.length) }),
    };
  }

  #addUsers(chunk: ChunkColumns): void {
    const users = owners(chunk, "USER_ID", this.users);
    for (const user of users) this.identities.markSignedIn(user);
    this.userAttributes.setRows(chunk, users);
  }

  #addInteractions(chunk: ChunkColumns): void {
    this.#makeRoom(this.#count + chunk.rows);
    const userOf = resolveUsers(chunk, this.identities);
    const itemIds = chunk.internedColumn("ITEM_ID", this.items);
    const names = new IdIndex();
    const kinds = chunk.internedColumn("EVENT_TYPE", names);
    const onView = this.#withEvents ? undefined : impressionsOf(chunk, this.items);
    const timestamps = chunk.numbers("TIMESTAMP");
    const types = this.#withEvents ? chunk.internedColumn("EVENT_TYPE", this.#eventTypeNames) : null;
    const values = this.#withEvents ? chunk.numbers("EVENT_VALUE") : null;
    const kept = new Int32Array(this.#filterable.length > 0 ? chunk.rows : 0);
    const from = this.#count;
    let at = from;
    for (let row = 0; row < chunk.rows; row++) {
      const user = userOf(row);
      if (user < 0) continue; // It has no user, so nothing can be learnt from it.
      const item = itemIds.at(row);
      if (item < 0) continue;
      this.#userOf[at] = user;
      this.#itemOf[at] = item;
      const shown = onView?.(row);
      if (shown !== undefined && shown.length > 0) {
        this.impressions.add(shown, isNegativeEvent(names.idOf(kinds.at(row))) ? -1 : item);
      }
      this.#timestamps[at] = timestamps?.[row] || 0; // NaN, which nothing can be ordered by, becomes 0.
      if (types !== null) {
        this.#eventTypes[at] = Math.max(0, types.at(row));
        this.#eventValues[at] = values?.[row] ?? NaN;
      }
      kept[at - from] = row;
      at++;
    }
    const rows = kept.subarray(0, at - from);
    for (const values of this.#filterable) values.setRows(from, chunk, rows, this.#userOf.length);
    this.#count = at;
    if (this.#eventTypeNames.size > MAX_EVENT_TYPES) {
      throw failedPrecondition(
        `The interactions have more than ${MAX_EVENT_TYPES} event types; is EVENT_TYPE the right column?`,
      );
    }
  }

  #makeRoom(length: number): void {
    this.#userOf = ensureCapacity(this.#userOf, length);
    this.#itemOf = ensureCapacity(this.#itemOf, length);
    this.#timestamps = ensureCapacity(this.#timestamps, length);
    if (!this.#withEvents) return;
    this.#eventTypes = ensureCapacity(this.#eventTypes, length);
    this.#eventValues = ensureCapacity(this.#eventValues, length);
  }
}

/** Columns as recipes train on them. */
function contextColumns(columns: readonly EventValues[], count: number): Record<string, InteractionColumn> {
  return Object.fromEntries(
    columns.map((values) => [values.column.name, interactionColumn(values.column, values.view(0, count))]),
  );
}

/** The item or user that each row of a metadata chunk describes, as an index. */
function owners(chunk: ChunkColumns, idColumn: string, index: IdIndex): Int32Array {
  const ids = chunk.internedColumn(idColumn, index);
  return Int32Array.from({ length: chunk.rows }, (_, row) => ids.at(row));
}
