import { type EventColumn, type EventRows, type EventTable, ACTION_EVENT_COLUMNS } from "@palate/filter";
import { actionOf, OUTCOME_NAMES, outcomeOf } from "@palate/recipe";
import type { HistoryArena } from "../rows/history-arena.js";
import type { IdIndex } from "../rows/id-index.js";
import { idDictionary } from "./filter-tables.js";

/** What users did about actions, as filters read it. */
export class ActionEvents implements EventTable {
  readonly columns = ACTION_EVENT_COLUMNS;
  readonly #histories: HistoryArena;
  readonly #known: ReadonlyMap<string, EventColumn>;

  /**
   * @param histories each user's actions with outcomes in the place of items
   * @param actions ids of the actions
   */
  constructor(histories: HistoryArena, actions: IdIndex) {
    this.#histories = histories;
    this.#known = new Map<string, EventColumn>([
      ["ACTION_ID", idDictionary(actions)],
      ["TIMESTAMP", { kind: "number" }],
      ["EVENT_TYPE", { kind: "text", multiValued: false, dictionary: OUTCOME_NAMES }],
    ]);
  }

  get version(): number {
    return this.#histories.version;
  }

  column(name: string): EventColumn | undefined {
    return this.#known.get(name);
  }

  rows(user: number): EventRows {
    const { items: events, timestamps } = this.#histories.history(user);
    const targets = events.map(actionOf);
    return {
      targets,
      values: (name) => (name === "EVENT_TYPE" ? events.map(outcomeOf) : name === "TIMESTAMP" ? timestamps : targets),
    };
  }
}
