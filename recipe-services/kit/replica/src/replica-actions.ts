import type { FilterColumns } from "@palate/filter";
import type { Action, ActionInteraction } from "@palate/proto/dataset";
import { actionEvent, countOccurrences, outcomeNamed, type ActionHistory, type ActionsView } from "@palate/recipe";
import { ActionEvents } from "./filtering/action-events.js";
import { AttributeRows } from "./filtering/filter-tables.js";
import type { ActionBuffer } from "./rows/action-buffer.js";
import type { AttributeTable } from "./rows/attribute-table.js";
import { ensureCapacity } from "./rows/ensure-capacity.js";
import { HistoryArena } from "./rows/history-arena.js";
import type { IdIndex } from "./rows/id-index.js";
import type { SessionIdentities } from "./rows/session-identities.js";

/** The actions of a replica, and what users did about them, made from one snapshot and kept current by applying changes. */
export class ReplicaActions implements ActionsView {
  readonly #ids: IdIndex;
  readonly #identities: SessionIdentities;
  readonly #attributes: AttributeTable;
  /** Each user's events in the place of items. */
  readonly #histories: HistoryArena;
  #occurrences: Int32Array;
  #version = 1;
  readonly #present: boolean;

  /**
   * @param snapshot what arrived; the view takes over what it holds
   * @param identities users and sessions of all datasets
   */
  constructor(snapshot: ActionBuffer, identities: SessionIdentities) {
    const rows = snapshot.toRows();
    this.#ids = snapshot.ids;
    this.#identities = identities;
    this.#attributes = snapshot.attributes;
    this.#occurrences = countOccurrences(rows.items, this.#ids.size);
    this.#histories = new HistoryArena(rows);
    this.#present = snapshot.present;
    identities.onSignIn((session, user) => this.#histories.merge(session, user));
  }

  /** The actions, and what users did about them, as filters read them; nothing where the dataset group has none. */
  get filterTables(): Pick<FilterColumns, "Actions" | "Action_Interactions"> {
    if (!this.#present) return {};
    return {
      Actions: new AttributeRows(this.#ids, this.#attributes, "ACTION_ID"),
      Action_Interactions: new ActionEvents(this.#histories, this.#ids),
    };
  }

  get count(): number {
    return this.#ids.size;
  }

  indexOf(actionId: string): number {
    return this.#ids.indexOf(actionId);
  }

  idOf(action: number): string {
    return this.#ids.idOf(action);
  }

  get columns(): readonly string[] {
    return this.#attributes.names;
  }

  attribute(action: number, column: string): string {
    return this.#attributes.text(action, column);
  }

  get version(): number {
    return this.#version;
  }

  history(user: number): ActionHistory {
    const { items, timestamps } = this.#histories.history(user);
    return { events: items, timestamps };
  }

  get occurrences(): Int32Array {
    return this.#occurrences;
  }

  /**
   * Applies the changes of one commit.
   * @param now Unix time in seconds of the commit, for events that name none
   */
  apply(actions: readonly Action[], interactions: readonly ActionInteraction[], now: number): void {
    const before = this.#ids.size;
    for (const { actionId, properties } of actions)
      this.#attributes.setProperties(this.#ids.intern(actionId), properties);
    for (const interaction of interactions) this.#interact(interaction, now);
    this.#occurrences = ensureCapacity(this.#occurrences, 4 * this.#ids.size);
    if (actions.length > 0 || this.#ids.size > before) this.#version++;
  }

  /** Forgets what a user did. */
  forgetUser(user: number): void {
    for (const event of this.#histories.history(user).items) this.#occurrences[event]!--;
    this.#histories.clear(user);
  }

  #interact({ userId, sessionId, actionId, eventType, timestamp }: ActionInteraction, now: number): void {
    const outcome = outcomeNamed(eventType);
    const user = this.#identities.of(userId, sessionId);
    if (user < 0 || actionId === "" || outcome < 0) return; // As in a snapshot: it says nothing.
    const event = actionEvent(this.#ids.intern(actionId), outcome as 0 | 1 | 2);
    this.#occurrences = ensureCapacity(this.#occurrences, event + 1);
    this.#occurrences[event]!++;
    this.#histories.insert(user, event, timestamp || now);
  }
}
