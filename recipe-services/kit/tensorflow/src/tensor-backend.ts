import type * as Core from "@tensorflow/tfjs-core";

/**
 * The TensorFlow.js namespace: its core, with the same operations on whichever backend. No derivatives are registered in it
 * (`tf.grad` throws); a network works its own out.
 */
export type Tf = typeof Core;

export type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from "@tensorflow/tfjs-core";

/** A loaded and active TensorFlow.js backend. */
export interface TensorBackend {
  /** The TensorFlow.js namespace with `name` as its active backend. */
  readonly tf: Tf;
  /** `native`: the TensorFlow C library; `wasm`: WebAssembly with SIMD, about four times slower. */
  readonly name: "native" | "wasm";
  /** What is behind it, for logs and model metadata, e.g. `tfjs-node 4.22.0 on TensorFlow 2.15.1`. */
  readonly version: string;
}
