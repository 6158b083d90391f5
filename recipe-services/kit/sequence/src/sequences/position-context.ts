import { ColumnReader, namesOf, type ColumnCode } from "./coded-column.js";
import { GAP_ROWS, gapRow, UNKNOWN_GAP } from "./request-time.js";

/**
 * What the network is told about a position beside its item: rows of one table of vectors, which are added to the item's
 * vector. First come the gaps to the next interaction (or to the request), then event types, then what begins a sequence, then
 * values of the user's metadata, and last the context of the next interaction. Stored with the model as JSON.
 */
export interface ContextLayout {
  /** The last gap row that is used, longer gaps being taken for it; 0 when the network knows no times. */
  readonly longestGap: number;
  /** Event types told apart, in lower case; absent: none. */
  readonly eventTypes?: readonly string[];
  /** Columns of the users' metadata; absent: none. */
  readonly user?: readonly ColumnCode[];
  /** Columns of interactions that say in which context something was chosen, and that a request may give; absent: none. */
  readonly request?: readonly ColumnCode[];
}

/** No context at all. */
export const NO_CONTEXT: ContextLayout = { longestGap: UNKNOWN_GAP };

/** Where everything stands in the context table, and how values are looked up. */
export class ContextRows {
  readonly layout: ContextLayout;
  /** Rows of the table; as a row number, it stands for nothing. */
  readonly count: number;
  /** First row of the event types. */
  readonly events: number;
  /** The row of the place before the first interaction; -1 where sequences begin with an item. */
  readonly start: number;
  /** First row of users' metadata, and what reads it. */
  readonly users: number;
  readonly user: ColumnReader;
  /** First row of requests' context, and what reads it. */
  readonly requests: number;
  readonly request: ColumnReader;
  /** Things that may be known of each position: the gap, the event type, then the request's context. */
  readonly things: number;
  readonly hasGaps: boolean;
  readonly hasEvents: boolean;
  readonly #eventTypes: ReadonlyMap<string, number>;

  constructor(layout: ContextLayout) {
    this.layout = layout;
    const { longestGap, eventTypes = [], user = [], request = [] } = layout;
    this.user = new ColumnReader(user);
    this.request = new ColumnReader(request);
    this.hasGaps = longestGap !== UNKNOWN_GAP;
    const starts = this.user.slots + this.request.slots > 0;
    this.hasEvents = eventTypes.length > 0 || starts;
    this.events = this.hasGaps ? GAP_ROWS : 0;
    const afterEvents = this.events + eventTypes.length;
    this.start = starts ? afterEvents : -1;
    this.users = afterEvents + (starts ? 1 : 0);
    this.requests = this.users + this.user.size;
    this.count = this.requests + this.request.size;
    this.things = (this.hasGaps ? 1 : 0) + (this.hasEvents ? 1 : 0) + this.request.slots;
    this.#eventTypes = new Map(eventTypes.map((name, at) => [name, at]));
  }

  /** Items that a sequence of `length` positions has room for. */
  itemsOf(length: number): number {
    return this.start < 0 ? length : length - 1;
  }

  /** The row for the gap from one moment to the next, both in Unix seconds; NaN where unknown. */
  gap(from: number, to: number): number {
    return Math.min(this.layout.longestGap, gapRow(to - from));
  }

  /** An event type's place among those told apart, whatever its case; -1 for others. */
  eventType(name: string): number {
    return this.#eventTypes.get(name.toLowerCase()) ?? -1;
  }

  /** What each row stands for: the same name means the same thing in every model. */
  names(): string[] {
    const { eventTypes = [], user = [], request = [] } = this.layout;
    return [
      ...Array.from({ length: this.events }, (_, row) => `gap ${row}`),
      ...eventTypes.map((name) => `event ${name}`),
      ...(this.start < 0 ? [] : ["start"]),
      ...user.flatMap((code) => namesOf(code).map((name) => `user ${name}`)),
      ...request.flatMap((code) => namesOf(code).map((name) => `request ${name}`)),
    ];
  }
}

/** Rows of the context table. */
export function contextRows(layout: ContextLayout): number {
  return new ContextRows(layout).count;
}

/** Whether two layouts mean the same by every row. */
export function sameContext(one: ContextLayout = NO_CONTEXT, other: ContextLayout = NO_CONTEXT): boolean {
  const text = ({ longestGap, eventTypes = [], user = [], request = [] }: ContextLayout): string =>
    JSON.stringify([longestGap, eventTypes, user, request]);
  return text(one) === text(other);
}
