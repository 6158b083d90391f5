import type { InteractionColumn, ReplicaView } from "@palate/recipe";
import type { ContextRows } from "../sequences/position-context.js";
import type { UserHistory } from "../sequences/user-history.js";

/** Reads from a replica what a network is told beside items and times. */
export class ServingContext {
  readonly #rows: ContextRows;
  readonly #replica: ReplicaView;

  constructor(rows: ContextRows, replica: ReplicaView) {
    this.#rows = rows;
    this.#replica = replica;
  }

  /**
   * What is known of a user, of their interactions, and of what they ask.
   * @param user replica user index; -1 for nobody
   * @param positions which of the interactions of the replica's history count
   * @param context values by column that the request gives; columns and values that the network does not know are nothing to it
   */
  of(
    user: number,
    positions: Int32Array,
    context: Readonly<Record<string, string>> = {},
  ): Pick<UserHistory, "eventTypes" | "requests" | "request" | "user"> {
    const { layout } = this.#rows;
    return {
      ...(layout.eventTypes && { eventTypes: this.#eventTypes(user, positions) }),
      ...(layout.request && { requests: this.#requests(user, positions), request: this.#request(context) }),
      ...(layout.user && { user: this.#user(user) }),
    };
  }

  #eventTypes(user: number, positions: Int32Array): Int16Array {
    const column = this.#replica.historyColumn(user, "EVENT_TYPE");
    return Int16Array.from(positions, (position) => this.#rows.eventType(String(valueAt(column, position) ?? "")));
  }

  #requests(user: number, positions: Int32Array): Int16Array {
    const { request } = this.#rows;
    const columns = new Map(request.columns.map(({ name }) => [name, this.#replica.historyColumn(user, name)]));
    const requests = new Int16Array(positions.length * request.slots);
    positions.forEach((position, at) =>
      request.read((name) => valueAt(columns.get(name), position), requests, at * request.slots),
    );
    return requests;
  }

  #request(context: Readonly<Record<string, string>>): Int16Array {
    const { request } = this.#rows;
    const values = new Int16Array(request.slots);
    request.read((name) => context[name], values);
    return values;
  }

  #user(user: number): Int16Array {
    const reader = this.#rows.user;
    const values = new Int16Array(reader.slots);
    reader.read((name) => (user < 0 ? null : this.#replica.userAttribute(user, name)), values);
    return values;
  }
}

/** A value as the training saw it; null where there is none. */
function valueAt(column: InteractionColumn | undefined, position: number): string | number | null {
  const value = column?.values[position] ?? NaN;
  if (column?.texts) return column.texts[value] ?? null;
  return Number.isNaN(value) ? null : value;
}
