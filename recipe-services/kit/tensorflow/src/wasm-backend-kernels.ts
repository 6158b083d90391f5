import type { KernelFunc, NamedAttrMap, TensorInfo } from "@tensorflow/tfjs-core";
import type { Tf } from "./tensor-backend.js";

/** The parts of the WebAssembly backend that a kernel needs. */
interface WasmBackend {
  makeOutput(shape: readonly number[], dtype: string): TensorInfo;
  typedArrayFromHeap(tensor: TensorInfo): Float32Array | Int32Array;
  disposeData(dataId: object): boolean;
}

const registered = new WeakSet<object>();

/**
 * Adds to TensorFlow.js's WebAssembly backend what training needs and it lacks: `UnsortedSegmentSum` (the gradient of a
 * row look-up) and a matrix product that transposes first, because the shipped one is fast only without transposition.
 */
export function registerWasmKernels(tf: Tf): void {
  if (registered.has(tf)) return;
  registered.add(tf);
  if (!tf.getKernel("UnsortedSegmentSum", "wasm")) {
    tf.registerKernel({ kernelName: "UnsortedSegmentSum", backendName: "wasm", kernelFunc: unsortedSegmentSum });
  }
  const transpose = kernelOf(tf, "Transpose");
  const matMul = kernelOf(tf, "BatchMatMul");
  tf.unregisterKernel("BatchMatMul", "wasm");
  tf.registerKernel({
    kernelName: "BatchMatMul",
    backendName: "wasm",
    kernelFunc: (call) => matMulUntransposed(call, transpose, matMul),
  });
}

function kernelOf(tf: Tf, name: string): KernelFunc {
  const kernel = tf.getKernel(name, "wasm");
  if (!kernel) throw new Error(`The WebAssembly backend of TensorFlow.js has no ${name} kernel.`);
  return kernel.kernelFunc;
}

/** Rows of `x` with the same id are added into the output row of that id; a negative id is skipped. */
const unsortedSegmentSum: KernelFunc = ({ inputs, backend, attrs }) => {
  const wasm = backend as WasmBackend;
  const { x, segmentIds } = inputs as { x: TensorInfo; segmentIds: TensorInfo };
  const { numSegments } = attrs as { numSegments: number };
  const output = wasm.makeOutput([numSegments, ...x.shape.slice(1)], x.dtype);
  // Views into the heap: taken after the allocation, which may move it.
  const ids = wasm.typedArrayFromHeap(segmentIds);
  const source = wasm.typedArrayFromHeap(x);
  const sums = wasm.typedArrayFromHeap(output).fill(0);
  const width = ids.length === 0 ? 0 : source.length / ids.length;
  for (let row = 0; row < ids.length; row++) {
    const id = ids[row]!;
    if (id < 0) continue;
    const from = row * width;
    const to = id * width;
    for (let column = 0; column < width; column++) sums[to + column]! += source[from + column]!;
  }
  return output;
};

type KernelCall = Parameters<KernelFunc>[0];

function matMulUntransposed(call: KernelCall, transpose: KernelFunc, matMul: KernelFunc): TensorInfo | TensorInfo[] {
  const { inputs, backend, attrs } = call;
  const { a, b } = inputs as { a: TensorInfo; b: TensorInfo };
  const { transposeA, transposeB } = attrs as { transposeA: boolean; transposeB: boolean };
  const straight = (x: TensorInfo): TensorInfo => {
    const rank = x.shape.length;
    const perm = x.shape.map((_, axis) => axis);
    [perm[rank - 1], perm[rank - 2]] = [rank - 2, rank - 1];
    return transpose({ inputs: { x }, backend, attrs: { perm } as unknown as NamedAttrMap }) as TensorInfo;
  };
  const left = transposeA ? straight(a) : a;
  const right = transposeB ? straight(b) : b;
  const product = matMul({
    inputs: { a: left, b: right },
    backend,
    attrs: { transposeA: false, transposeB: false } as unknown as NamedAttrMap,
  });
  const wasm = backend as WasmBackend;
  if (left !== a) wasm.disposeData(left.dataId);
  if (right !== b) wasm.disposeData(right.dataId);
  return product;
}
