import type { CompiledFilter, FilterSource } from "@palate/filter";
import { notFound } from "@palate/host";
import type { ActionsView } from "./actions.js";
import type { ReplicaView } from "./replica-view.js";

/** Nobody listens, because nothing ever arrives. */
const neverCalled = (): (() => void) => () => {};

/** No actions, and nothing that users did about any. */
const noActions: ActionsView = {
  count: 0,
  indexOf: () => -1,
  idOf: () => "",
  columns: [],
  attribute: () => "",
  version: 1,
  history: () => ({ events: new Int32Array(0), timestamps: new Float64Array(0) }),
  occurrences: new Int32Array(0),
};

function refuseFilter(text: string): CompiledFilter {
  throw notFound("filter", text, "This data has no filters.");
}

/** No filters: nobody needs to wait for one to arrive, and asking for one is `not_found`. */
const noFilters: FilterSource = { has: () => true, named: refuseFilter, compiled: refuseFilter };

/**
 * The replica of a dataset group without any data, which never changes. What a replica made for an evaluation or a test does not
 * have itself, it takes from here: `{ ...emptyReplica, itemCount, history, … }`.
 */
export const emptyReplica: ReplicaView = {
  itemCount: 0,
  userCount: 0,
  itemIndex: () => -1,
  itemId: () => "",
  userIndex: () => -1,
  userId: () => "",
  history: () => ({ items: new Int32Array(0), timestamps: new Float64Array(0) }),
  historyRows: () => ({ items: new Int32Array(0), begins: new Int32Array(0), lengths: new Int32Array(0) }),
  historyColumn: () => undefined,
  contextColumns: [],
  hiddenItems: () => new Int32Array(0),
  historyVersion: () => 0,
  usersPerItem: new Int32Array(0),
  interactionVersion: 1,
  onInteraction: neverCalled,
  onItemChange: neverCalled,
  onImpression: neverCalled,
  impressions: { shown: () => 0, chosen: () => 0, allShown: 0, allChosen: 0 },
  itemAttribute: () => "",
  itemColumns: [],
  userAttribute: () => "",
  userColumns: [],
  actions: noActions,
  filters: noFilters,
  forgottenUsers: [],
  forgottenItems: [],
  dataAgeMs: () => 0,
};
