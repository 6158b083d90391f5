import { actionOf, countUntil, Outcome, outcomeOf, type ActionHistory, type ActionsView } from "./actions.js";

const DAY = 86_400;

/** Columns that say when an action ends; the first that has a value counts. */
const EXPIRATION_COLUMNS = ["ACTION_EXPIRATION_TIMESTAMP", "EXPIRATION_TIMESTAMP"] as const;

/**
 * What the Actions dataset says about when an action may be recommended and its VALUE, read from the live columns
 * whenever these change. Amazon Personalize's two automatic filters.
 */
export class ActionRules {
  readonly #view: ActionsView;
  #version = -1;
  #values: Float64Array = new Float64Array(0);
  #expirations: Float64Array = new Float64Array(0);
  #repeatSeconds: Float64Array = new Float64Array(0);

  constructor(view: ActionsView) {
    this.#view = view;
  }

  /** VALUE of an action, 1 to 10; NaN where there is none. */
  value(action: number): number {
    this.#refresh();
    return this.#values[action] ?? Number.NaN;
  }

  /** Unix time in seconds from which on an action is not recommended any more; Infinity when it does not expire. */
  expiration(action: number): number {
    this.#refresh();
    return this.#expirations[action] ?? Infinity;
  }

  /**
   * Marks the actions that must not be recommended to a user at a moment: those that have expired, and those that the user
   * has taken or refused less than REPEAT_FREQUENCY days ago. A mere view does not count: showing an action would hide it.
   */
  mark(history: ActionHistory, moment: number, marks: Uint8Array): void {
    this.#refresh();
    for (let action = 0; action < this.#expirations.length; action++)
      if (this.#expirations[action]! <= moment) marks[action] = 1;
    const { events, timestamps } = history;
    for (let i = countUntil(timestamps, moment) - 1; i >= 0; i--) {
      const action = actionOf(events[i]!);
      const answered = outcomeOf(events[i]!) !== Outcome.VIEWED;
      if (answered && timestamps[i]! + this.#repeatSeconds[action]! > moment) marks[action] = 1;
    }
  }

  #refresh(): void {
    const view = this.#view;
    if (view.version === this.#version) return;
    const number = (action: number, column: string): number => {
      const text = view.attribute(action, column);
      return text === "" ? Number.NaN : Number(text);
    };
    const column = (read: (action: number) => number): Float64Array =>
      Float64Array.from({ length: view.count }, (_, action) => read(action));
    this.#values = column((action) => number(action, "VALUE"));
    this.#repeatSeconds = column((action) => (number(action, "REPEAT_FREQUENCY") || 0) * DAY);
    this.#expirations = column((action) => {
      for (const name of EXPIRATION_COLUMNS) {
        const moment = number(action, name);
        if (!Number.isNaN(moment)) return moment;
      }
      return Infinity;
    });
    this.#version = view.version;
  }
}
