import type { ChangeBatch, Deletions, Interaction } from "@palate/proto/dataset";
import {
  countUsersPerItem,
  isNegativeEvent,
  isTakenBack,
  type History,
  type HistoryRows,
  type ImpressionEvent,
  type InteractionColumn,
  type InteractionListener,
  type ReplicaView,
} from "@palate/recipe";
import { AttributeRows, HistoryEvents } from "./filtering/filter-tables.js";
import { ReplicaFilters } from "./filtering/replica-filters.js";
import { ReplicaActions } from "./replica-actions.js";
import { parsedProperties, type AttributeTable } from "./rows/attribute-table.js";
import { ensureCapacity } from "./rows/ensure-capacity.js";
import { interactionColumn } from "./rows/event-values.js";
import { HistoryArena } from "./rows/history-arena.js";
import type { IdIndex } from "./rows/id-index.js";
import type { ImpressionTotalsCounter } from "./rows/impression-totals.js";
import { NegativeHistory } from "./rows/negative-history.js";
import type { SessionIdentities } from "./rows/session-identities.js";
import type { SnapshotBuffer } from "./rows/snapshot-buffer.js";

/** Columns of interactions that have fields of their own in the message. */
const EVENT_FIELDS = { EVENT_TYPE: "eventType", EVENT_VALUE: "eventValue" } as const;

/**
 * A dataset group in memory as serving needs it, made from one snapshot and kept current by applying changes in order.
 * Built for a million interactions in some 20 MB: typed arrays, dictionary-coded attributes, nothing per interaction.
 */
export class Replica implements ReplicaView {
  readonly actions: ReplicaActions;
  readonly impressions: ImpressionTotalsCounter;
  readonly forgottenUsers: number[] = [];
  readonly forgottenItems: number[] = [];
  readonly #users: IdIndex;
  readonly #identities: SessionIdentities;
  readonly #items: IdIndex;
  readonly #itemAttributes: AttributeTable;
  readonly #userAttributes: AttributeTable;
  readonly #histories: HistoryArena;
  readonly #negative: NegativeHistory;
  readonly #listeners = new Set<InteractionListener>();
  readonly #itemListeners = new Set<(item: number) => void>();
  readonly #impressionListeners = new Set<(event: ImpressionEvent) => void>();
  readonly #filters: ReplicaFilters;
  readonly #hasEventProperties: boolean;
  readonly contextColumns: readonly string[];
  #versions = new Uint32Array(0);
  #usersPerItem: Int32Array;
  #interactionVersion = 1;
  /** When nothing was missing, by `performance.now()`: the clock on the wall may be set meanwhile. */
  #currentAt = -Infinity;

  /**
   * @param snapshot a complete snapshot; the replica takes over what it holds
   * @param currentAt Unix time in milliseconds at which the snapshot was current
   */
  constructor(snapshot: SnapshotBuffer, currentAt: number) {
    const rows = snapshot.toRows();
    this.#users = snapshot.users;
    this.#identities = snapshot.identities;
    this.#identities.onSignIn((session, user) => this.#join(session, user));
    this.#items = snapshot.items;
    this.#itemAttributes = snapshot.itemAttributes;
    this.#userAttributes = snapshot.userAttributes;
    this.#usersPerItem = countUsersPerItem({ ...rows, itemIds: { length: this.#items.size } });
    this.#histories = new HistoryArena(rows);
    this.impressions = snapshot.impressions;
    this.#negative = new NegativeHistory(this.#histories);
    if (this.#negative.any) this.#usersPerItem = this.#countUsers();
    this.actions = new ReplicaActions(snapshot.actions, snapshot.identities);
    this.#filters = new ReplicaFilters(
      {
        Items: new AttributeRows(this.#items, this.#itemAttributes, "ITEM_ID"),
        Users: new AttributeRows(this.#users, this.#userAttributes, "USER_ID"),
        Interactions: new HistoryEvents(this.#histories, this.#items, "ITEM_ID"),
        ...this.actions.filterTables,
      },
      snapshot.filters,
    );
    this.#hasEventProperties = this.#histories.columns.some(({ name }) => !(name in EVENT_FIELDS));
    this.contextColumns = snapshot.contextColumns;
    this.markCurrent(currentAt);
  }

  get filters(): ReplicaFilters {
    return this.#filters;
  }

  get itemCount(): number {
    return this.#items.size;
  }

  get userCount(): number {
    return this.#users.size;
  }

  itemIndex(itemId: string): number {
    return this.#items.indexOf(itemId);
  }

  itemId(index: number): string {
    return this.#items.idOf(index);
  }

  userIndex(userId: string): number {
    return this.#users.indexOf(userId);
  }

  userId(index: number): string {
    return this.#users.idOf(index);
  }

  history(user: number): History {
    return this.#histories.history(user);
  }

  historyRows(): HistoryRows {
    return this.#histories.rows();
  }

  historyColumn(user: number, name: string): InteractionColumn | undefined {
    const column = this.#histories.columns.find((one) => one.name === name);
    return column && interactionColumn(column, this.#histories.values(user, name));
  }

  hiddenItems(user: number, eventTypes: readonly string[]): Int32Array {
    return user < 0 ? new Int32Array(0) : this.#negative.hidden(user, eventTypes);
  }

  historyVersion(user: number): number {
    return user < 0 || user >= this.#users.size ? 0 : 1 + (this.#versions[user] ?? 0);
  }

  get usersPerItem(): Int32Array {
    return this.#usersPerItem;
  }

  get interactionVersion(): number {
    return this.#interactionVersion;
  }

  onInteraction(listener: InteractionListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onImpression(listener: (event: ImpressionEvent) => void): () => void {
    this.#impressionListeners.add(listener);
    return () => this.#impressionListeners.delete(listener);
  }

  onItemChange(listener: (item: number) => void): () => void {
    this.#itemListeners.add(listener);
    return () => this.#itemListeners.delete(listener);
  }

  itemAttribute(item: number, column: string): string {
    return this.#itemAttributes.text(item, column);
  }

  get itemColumns(): readonly string[] {
    return this.#itemAttributes.names;
  }

  /** Value of a user's metadata column as text; empty where there is none. */
  userAttribute(user: number, column: string): string {
    return this.#userAttributes.text(user, column);
  }

  /** Names of the user metadata columns. */
  get userColumns(): readonly string[] {
    return this.#userAttributes.names;
  }

  dataAgeMs(): number {
    return performance.now() - this.#currentAt;
  }

  /** Notes that nothing was missing at this moment, Unix time in milliseconds. Earlier moments than known change nothing. */
  markCurrent(at: number): void {
    this.#currentAt = Math.max(this.#currentAt, performance.now() - Math.max(0, Date.now() - at));
  }

  /** Applies the changes of one commit. Commits come in order, each once. */
  apply(batch: ChangeBatch): void {
    if (batch.filters) this.#filters.apply(batch.filters);
    if (batch.deletions) this.#forget(batch.deletions);
    const itemsBefore = this.#items.size;
    for (const { itemId, properties } of batch.items) {
      this.#itemAttributes.setProperties(this.#items.intern(itemId), properties);
    }
    for (const { userId, properties } of batch.users) {
      this.#userAttributes.setProperties(this.#identities.of(userId, ""), properties);
    }
    const now = Math.floor(batch.committedAtMs / 1000);
    for (const interaction of batch.interactions) this.#interact(interaction, now);
    this.actions.apply(batch.actions, batch.actionInteractions, now);
    this.#usersPerItem = ensureCapacity(this.#usersPerItem, this.#items.size);
    if (this.#items.size > itemsBefore) this.#interactionVersion++;
    if (this.#itemListeners.size === 0) return;
    for (const { itemId } of batch.items)
      for (const listener of this.#itemListeners) listener(this.#items.indexOf(itemId));
  }

  /** Forgets users and items; their indices stay taken, without an id. */
  #forget({ userIds, sessionIds, itemIds }: Deletions): void {
    for (const id of userIds) this.#forgetUser(this.#users.indexOf(id));
    for (const id of sessionIds) {
      const session = this.#users.indexOf(id);
      if (this.#identities.isAnonymous(session)) this.#forgetUser(session);
    }
    const items = new Set(itemIds.map((id) => this.#items.indexOf(id)).filter((item) => item >= 0));
    if (items.size > 0) {
      this.#versions = ensureCapacity(this.#versions, this.#users.size);
      this.#histories.removeItems(items, (user) => this.#versions[user]!++);
    }
    for (const item of items) {
      this.#itemAttributes.setProperties(item, "");
      this.#usersPerItem[item] = 0;
      this.#items.forget(item);
      this.forgottenItems.push(item);
    }
    this.#interactionVersion++;
  }

  #forgetUser(user: number): void {
    if (user < 0) return;
    for (const item of new Set(this.#histories.history(user).items)) this.#usersPerItem[item]!--;
    this.#histories.clear(user);
    this.actions.forgetUser(user);
    this.#userAttributes.setProperties(user, "");
    this.#users.forget(user);
    this.#identities.markSignedIn(user);
    this.forgottenUsers.push(user);
    this.#versions = ensureCapacity(this.#versions, user + 1);
    this.#versions[user]!++;
  }

  #interact(interaction: Interaction, now: number): void {
    const { userId, sessionId, itemId, timestamp } = interaction;
    const user = this.#identities.of(userId, sessionId);
    if (user < 0 || itemId === "") return; // As in a snapshot: without a user or an item it says nothing.
    const item = this.#items.intern(itemId);
    const negative = isNegativeEvent(interaction.eventType) || isTakenBack(interaction.eventType);
    if (!negative && !this.#negative.isFor(user, item)) {
      this.#usersPerItem = ensureCapacity(this.#usersPerItem, item + 1);
      this.#usersPerItem[item]!++;
      this.#interactionVersion++;
    }
    const time = timestamp || now;
    this.#histories.insert(user, item, time, this.#valuesOf(interaction));
    this.#versions = ensureCapacity(this.#versions, user + 1);
    this.#versions[user]!++;
    if (this.#listeners.size > 0 && !negative)
      for (const listener of this.#listeners) listener(user, item, Math.min(time, now));
    const { impression, recommendationId } = interaction;
    if (impression.length === 0 && recommendationId === "") return;
    const items = Int32Array.from(new Set(impression), (id) => this.#items.indexOf(id)).filter((shown) => shown >= 0);
    if (items.length > 0) this.impressions.add(items, negative ? -1 : item);
    for (const listener of this.#impressionListeners) listener({ chosen: item, items, recommendationId });
  }

  /** Makes what an anonymous session did the user's own. */
  #join(session: number, user: number): void {
    for (const item of new Set(this.#histories.history(session).items)) {
      if (this.#negative.isFor(session, item) && this.#negative.isFor(user, item)) this.#usersPerItem[item]!--;
    }
    this.#histories.merge(session, user);
    this.#interactionVersion++;
    this.#versions = ensureCapacity(this.#versions, Math.max(session, user) + 1);
    this.#versions[session]!++;
    this.#versions[user]!++;
  }

  /** How many users each item has, without those who only turned it down. */
  #countUsers(): Int32Array {
    const counts = new Int32Array(this.#items.size);
    for (let user = 0; user < this.#users.size; user++) {
      for (const item of new Set(this.#histories.history(user).items)) {
        if (this.#negative.isFor(user, item)) counts[item]!++;
      }
    }
    return counts;
  }

  /** An interaction's values by column. */
  #valuesOf(interaction: Interaction): (column: string) => unknown {
    const { properties } = interaction;
    const others = this.#hasEventProperties && properties !== "" ? parsedProperties(properties) : undefined;
    return (column) =>
      column in EVENT_FIELDS ? interaction[EVENT_FIELDS[column as keyof typeof EVENT_FIELDS]] : others?.get(column);
  }
}
