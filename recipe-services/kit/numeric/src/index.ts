/** Mathematics over typed arrays: tensors by name, linear algebra, random draws, SIMD kernels and scans, long work in slices. No input or output. */
export { type Hooks, type Progress, breathe, politely } from "./cooperative/hooks.js";
export { within } from "./cooperative/within.js";
export { choleskyFactor, solveWithFactor } from "./linear-algebra/cholesky.js";
export { randomizedSvd, sparseTimesDense } from "./linear-algebra/randomized-svd.js";
export { type SparseRow, type SparseRows, SparseRowsBuilder, denseOf, rowOf } from "./linear-algebra/sparse-rows.js";
export { symmetricEigen } from "./linear-algebra/symmetric-eigen.js";
export { Random } from "./random/random.js";
export { CoarseScan } from "./simd/coarse-scan.js";
export { type Region, SimdArena } from "./simd/simd-arena.js";
export { type Top, nthLargest, selectTop } from "./simd/top-k.js";
export { float16Scale, fromFloat16, toFloat16 } from "./tensors/float16.js";
export { type NamedTensor, type NamedTensors, type TensorType, tensorOf } from "./tensors/named-tensor.js";
export { toBytes, toShorts } from "./tensors/rounding.js";
export { textTensors, textsOf } from "./tensors/text-tensors.js";
