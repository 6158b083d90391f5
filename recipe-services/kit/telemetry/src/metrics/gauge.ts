import type { MetricDefinition } from "./definition.js";
import { labelName } from "./definition.js";
import { labelText } from "./series-table.js";

/** Tells a gauge's value now, with the values of its labels. */
export type Tell = (value: number, ...labels: readonly string[]) => void;

/** Something that goes up and down, or that another part of the process counts already: it is looked at when somebody asks. */
export class Gauge {
  readonly type: "gauge" | "counter";
  readonly definition: MetricDefinition;
  readonly #observers = new Set<(tell: Tell) => void>();

  /** @param type "counter" for what only grows; default "gauge" */
  constructor(definition: MetricDefinition, type: "gauge" | "counter" = "gauge") {
    this.definition = definition;
    this.type = type;
  }

  /**
   * Has `observer` called whenever metrics are read; it tells the value of each series. Observers that tell of the same
   * series add up.
   * @returns a function that ends it
   */
  observe(observer: (tell: Tell) => void): () => void {
    this.#observers.add(observer);
    return () => void this.#observers.delete(observer);
  }

  /** The values now, by labels as text. */
  read(): ReadonlyMap<string, number> {
    const names = this.definition.labels.map(labelName);
    const values = new Map<string, number>();
    const tell: Tell = (value, ...labels) => {
      const text = labelText(names, labels);
      values.set(text, (values.get(text) ?? 0) + value);
    };
    for (const observer of this.#observers) observer(tell);
    return values;
  }
}
