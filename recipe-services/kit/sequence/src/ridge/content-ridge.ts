import { tensorOf, type NamedTensor, type NamedTensors } from "@palate/numeric";
import { addAlike, type Alike } from "./metadata-neighbours.js";
import type { Ridge } from "./ridge.js";

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
    const { offsets, columns, values } = this.alike.neighbours;
    return this.ridge
      .toTensors()
      .set("ridge.alike.starts", { dtype: "I32", shape: [offsets.length], data: offsets })
      .set("ridge.alike.columns", { dtype: "I32", shape: [columns.length], data: columns })
      .set("ridge.alike.values", { dtype: "F32", shape: [values.length], data: values });
  }

  /** @throws Error when a tensor is missing or of another type */
  static fromTensors(tensors: ReadonlyMap<string, NamedTensor>, ridge: Ridge, weight: number): ContentRidge {
    const offsets = tensorOf(tensors, "ridge.alike.starts", "I32").data;
    const columns = tensorOf(tensors, "ridge.alike.columns", "I32").data;
    const values = tensorOf(tensors, "ridge.alike.values", "F32").data;
    return new ContentRidge(ridge, { neighbours: { offsets, columns, values }, weight });
  }
}
