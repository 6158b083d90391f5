import { tensorOf, type NamedTensor, type NamedTensors } from "@palate/numeric";
import { addNeighbourScores, type MetadataNeighbours } from "./metadata-neighbours.js";
import type { Ridge } from "./ridge.js";

/**
 * A ridge with the scores of metadata neighbours added: items similar to those of the history score as well. So items with few or
 * no interactions, of which the ridge knows next to nothing, are found by their metadata.
 */
export class ContentRidge implements Ridge {
  readonly ridge: Ridge;
  readonly neighbours: MetadataNeighbours;
  readonly addStandardised: Ridge["addStandardised"];

  constructor(ridge: Ridge, neighbours: MetadataNeighbours) {
    this.ridge = ridge;
    this.neighbours = neighbours;
    if (ridge.addStandardised)
      this.addStandardised = (history, weight, out) => ridge.addStandardised!(history, weight, out, neighbours);
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
    addNeighbourScores(this.neighbours, history, out);
  }

  toTensors(): NamedTensors {
    const { offsets, columns, values } = this.neighbours.similarities;
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
    return new ContentRidge(ridge, { similarities: { offsets, columns, values }, weight });
  }
}
