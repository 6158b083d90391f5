import { tensorOf, type NamedTensor, type NamedTensors } from "@palate/numeric";
import { decayWeights } from "../sequences/decay.js";
import type { Ridge } from "./ridge.js";
import type { SparseMatrix } from "./sparse-matrix.js";

/** How much the interaction k steps back counts: slower than the ridge's own decay, as kinds change less than items. */
export const ALIKE_DECAY = decayWeights({ base: 0.8 }, 40);

/** Items' likeness by metadata, and how much it counts. */
export interface Alike {
  /** Row i: the items alike to item i, and how much. */
  readonly neighbours: SparseMatrix;
  /** What likeness is multiplied by before it is added to a ridge's scores; 0: it does not help. */
  readonly weight: number;
}

/**
 * A ridge and what items' metadata says beside it: items alike to those of the history score as well. What nobody or hardly
 * anybody has chosen yet, of which the ridge knows next to nothing, is then found by what it is.
 */
export class ContentRidge implements Ridge {
  readonly ridge: Ridge;
  readonly alike: Alike;
  readonly addStandardised: Ridge["addStandardised"];

  constructor(ridge: Ridge, alike: Alike) {
    this.ridge = ridge;
    this.alike = alike;
    if (ridge.addStandardised)
      this.addStandardised = (history, weight, out) => ridge.addStandardised!(history, weight, out, alike);
  }

  get kind(): Ridge["kind"] {
    return this.ridge.kind;
  }

  get itemCount(): number {
    return this.ridge.itemCount;
  }

  get options(): Ridge["options"] {
    return this.ridge.options;
  }

  scoreInto(history: Int32Array, out: Float32Array): void {
    this.ridge.scoreInto(history, out);
    addAlike(this.alike, history, out);
  }

  toTensors(): NamedTensors {
    const { starts, columns, values } = this.alike.neighbours;
    return this.ridge
      .toTensors()
      .set("ridge.alike.starts", { dtype: "I32", shape: [starts.length], data: starts })
      .set("ridge.alike.columns", { dtype: "I32", shape: [columns.length], data: columns })
      .set("ridge.alike.values", { dtype: "F32", shape: [values.length], data: values });
  }

  /** @throws Error when a tensor is missing or of another type */
  static fromTensors(tensors: ReadonlyMap<string, NamedTensor>, ridge: Ridge, weight: number): ContentRidge {
    const starts = tensorOf(tensors, "ridge.alike.starts", "I32").data;
    const columns = tensorOf(tensors, "ridge.alike.columns", "I32").data;
    const values = tensorOf(tensors, "ridge.alike.values", "F32").data;
    return new ContentRidge(ridge, { neighbours: { starts, columns, values }, weight });
  }
}

/** Adds to the score of every item how much it is alike to the newest ones of a history. */
export function addAlike({ neighbours, weight }: Alike, history: Int32Array, out: Float32Array): void {
  const { starts, columns, values } = neighbours;
  const length = Math.min(ALIKE_DECAY.length, history.length);
  for (let back = 0; back < length; back++) {
    const item = history[history.length - 1 - back]!;
    const factor = weight * ALIKE_DECAY[back]!;
    for (let at = starts[item]!; at < starts[item + 1]!; at++) out[columns[at]!]! += factor * values[at]!;
  }
}
