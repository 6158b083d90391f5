import { labelName } from "./definition.js";

/** Series that one metric may have; what comes later is counted together, so that no caller can fill the memory. */
const MOST_SERIES = 2_000;

/** What the labels of the series say that takes those beyond the limit. */
const OTHER = "_other";

/** The series of one metric, each made when its label values first come up. */
export class SeriesTable<S> {
  readonly #labels: readonly string[];
  readonly #make: () => S;
  readonly #most: number;
  readonly #series = new Map<string, { readonly labels: string; readonly series: S }>();

  /** @param most series beside the one that takes the rest; default 2,000 */
  constructor(labels: readonly string[], make: () => S, most: number = MOST_SERIES) {
    this.#labels = labels.map(labelName);
    this.#make = make;
    this.#most = most;
  }

  /** The series with these label values, in the order of the labels. */
  get(values: readonly string[]): S {
    const key = values.length === 1 ? values[0]! : values.join("\u0000");
    const found = this.#series.get(key);
    if (found !== undefined) return found.series;
    if (this.#series.size >= this.#most && values.some((value) => value !== OTHER))
      return this.get(this.#labels.map(() => OTHER));
    const series = this.#make();
    this.#series.set(key, { labels: labelText(this.#labels, values), series });
    return series;
  }

  /** Every series with its labels as text: `a="1",b="2"`. */
  all(): IterableIterator<{ readonly labels: string; readonly series: S }> {
    return this.#series.values();
  }

  /** Forgets all series. */
  clear(): void {
    this.#series.clear();
  }
}

/** Labels with their values as Prometheus writes them. */
export function labelText(names: readonly string[], values: readonly string[]): string {
  return names.map((name, index) => `${name}="${escaped(values[index] ?? "")}"`).join(",");
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}
