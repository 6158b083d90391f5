import { DatasetType, type SnapshotStart } from "@palate/proto/dataset";
import { actionEvent, outcomeNamed, type ActionData } from "@palate/recipe";
import { AttributeTable } from "./attribute-table.js";
import type { ChunkColumns } from "./chunk-columns.js";
import { ensureCapacity } from "./ensure-capacity.js";
import { IdIndex } from "./id-index.js";
import { gather, orderRows } from "./row-order.js";
import { resolveUsers, type SessionIdentities } from "./session-identities.js";
import type { SnapshotRows } from "./snapshot-rows.js";

/** The actions of a snapshot, and what users did about them, while it arrives. */
export class ActionBuffer {
  /** Actions by interaction or by the Actions dataset. */
  readonly ids = new IdIndex();
  /** Their columns. */
  readonly attributes: AttributeTable;
  /** Whether the dataset group has actions at all. */
  readonly present: boolean;
  readonly #users: IdIndex;
  readonly #identities: SessionIdentities;
  #count = 0;
  #userOf = new Int32Array(0);
  #events = new Int32Array(0);
  #timestamps = new Float64Array(0);

  /** @param identities users and sessions of all datasets */
  constructor(start: SnapshotStart, identities: SessionIdentities) {
    const columnsOf = (type: DatasetType) => start.datasets.find(({ datasetType }) => datasetType === type)?.columns;
    const actions = columnsOf(DatasetType.DATASET_TYPE_ACTIONS);
    this.present = actions !== undefined || columnsOf(DatasetType.DATASET_TYPE_ACTION_INTERACTIONS) !== undefined;
    this.attributes = new AttributeTable(actions ?? [], "ACTION_ID");
    this.#identities = identities;
    this.#users = identities.users;
  }

  /** Takes a chunk of the Actions dataset. */
  addActions(chunk: ChunkColumns): void {
    const ids = chunk.internedColumn("ACTION_ID", this.ids);
    this.attributes.setRows(
      chunk,
      Int32Array.from({ length: chunk.rows }, (_, row) => ids.at(row)),
    );
  }

  /** Takes a chunk of what users did; a row without user, action or known event type says nothing and is left out. */
  addInteractions(chunk: ChunkColumns): void {
    const most = this.#count + chunk.rows;
    this.#userOf = ensureCapacity(this.#userOf, most);
    this.#events = ensureCapacity(this.#events, most);
    this.#timestamps = ensureCapacity(this.#timestamps, most);
    const typeNames = new IdIndex();
    const userOf = resolveUsers(chunk, this.#identities);
    const actionIds = chunk.internedColumn("ACTION_ID", this.ids);
    const types = chunk.internedColumn("EVENT_TYPE", typeNames);
    const timestamps = chunk.numbers("TIMESTAMP");
    for (let row = 0; row < chunk.rows; row++) {
      const outcome = outcomeNamed(typeNames.idOf(types.at(row)));
      if (outcome < 0) continue;
      const user = userOf(row);
      const action = actionIds.at(row);
      if (user < 0 || action < 0) continue;
      this.#userOf[this.#count] = user;
      this.#events[this.#count] = actionEvent(action, outcome as 0 | 1 | 2);
      this.#timestamps[this.#count] = timestamps?.[row] || 0;
      this.#count++;
    }
  }

  /** The events ordered by user and time, with events in the place of items. */
  toRows(): SnapshotRows {
    const order = orderRows(this.#userOf, this.#timestamps, this.#count, this.#users.size);
    const timestamps = gather(this.#timestamps, order.arrivals);
    return { ...order, items: gather(this.#events, order.arrivals), timestamps };
  }

  /** The actions as recipes train on them. */
  toActionData(): ActionData {
    const { offsets, items, timestamps } = this.toRows();
    const attributes = this.attributes.columns(this.ids.size);
    return { actionIds: this.ids.ids, attributes, offsets, events: items, timestamps };
  }
}
