import type { Operator } from "../language/syntax.js";
import type { NumberColumn } from "../schema/columns.js";
import type { Matcher } from "./matcher.js";
import type { Evaluation } from "./evaluation.js";

/** A number that is known once a request is there. */
export type Threshold =
  | { readonly kind: "number"; readonly number: number }
  | { readonly kind: "now"; readonly offset: number }
  /** The current item's value; NaN, which nothing equals, when it has none. */
  | { readonly kind: "currentItem"; readonly column: NumberColumn };

/** Lists longer than this are looked up in a set. */
const MAX_SCANNED = 8;

abstract class NumberMatcher implements Matcher {
  readonly usesNow: boolean;
  readonly usesCurrentItem: boolean;

  #numbers: readonly number[] | undefined;

  constructor(private readonly thresholds: readonly Threshold[]) {
    this.usesNow = thresholds.some(({ kind }) => kind === "now");
    this.usesCurrentItem = thresholds.some(({ kind }) => kind === "currentItem");
  }

  abstract prepare(evaluation: Evaluation): void;
  abstract matches(value: number): boolean;
  abstract fill(values: Float64Array | Int32Array, mask: Uint8Array, count: number): void;

  /** What values are compared with; the same array as before when it is the same for all requests. */
  protected numbers(evaluation: Evaluation): readonly number[] {
    if (this.#numbers !== undefined && !this.usesNow && !this.usesCurrentItem) return this.#numbers;
    this.#numbers = this.thresholds.map((threshold) => {
      if (threshold.kind === "number") return threshold.number;
      if (threshold.kind === "now") return evaluation.now + threshold.offset;
      return threshold.column.values[evaluation.currentItem] ?? NaN;
    });
    return this.#numbers;
  }
}

/** Numbers that are any of a list. */
export class NumberListMatcher extends NumberMatcher {
  #list: readonly number[] = [];
  /** The list, when it is long. */
  #set: ReadonlySet<number> | undefined;

  prepare(evaluation: Evaluation): void {
    const list = this.numbers(evaluation);
    if (list === this.#list) return;
    this.#list = list;
    // NaN would be found in a set, though it equals nothing.
    const { length } = list;
    this.#set = length > MAX_SCANNED ? new Set(list.filter((number) => !Number.isNaN(number))) : undefined;
  }

  matches(value: number): boolean {
    return this.#set === undefined ? this.#list.some((number) => number === value) : this.#set.has(value);
  }

  fill(values: Float64Array, mask: Uint8Array, count: number): void {
    if (this.#set !== undefined) {
      for (let i = 0; i < count; i++) mask[i] = Number(this.#set.has(values[i]!));
      return;
    }
    mask.fill(0, 0, count);
    for (const number of this.#list) {
      for (let i = 0; i < count; i++) mask[i]! |= Number(values[i] === number);
    }
  }
}

/** An operator that says which of two numbers is smaller. */
export type Order = Exclude<Operator, "=" | "!=">;

/** Numbers below or above a threshold. */
export class NumberOrderMatcher extends NumberMatcher {
  #threshold = NaN;

  constructor(
    private readonly order: Order,
    threshold: Threshold,
  ) {
    super([threshold]);
  }

  prepare(evaluation: Evaluation): void {
    this.#threshold = this.numbers(evaluation)[0]!;
  }

  matches(value: number): boolean {
    const threshold = this.#threshold;
    switch (this.order) {
      case "<":
        return value < threshold;
      case "<=":
        return value <= threshold;
      case ">":
        return value > threshold;
      case ">=":
        return value >= threshold;
    }
  }

  // One loop for each operator, and without a branch in it: random prices make branches four times as slow.
  fill(values: Float64Array, mask: Uint8Array, count: number): void {
    const threshold = this.#threshold;
    switch (this.order) {
      case "<":
        for (let i = 0; i < count; i++) mask[i] = Number(values[i]! < threshold);
        return;
      case "<=":
        for (let i = 0; i < count; i++) mask[i] = Number(values[i]! <= threshold);
        return;
      case ">":
        for (let i = 0; i < count; i++) mask[i] = Number(values[i]! > threshold);
        return;
      case ">=":
        for (let i = 0; i < count; i++) mask[i] = Number(values[i]! >= threshold);
        return;
    }
  }
}
