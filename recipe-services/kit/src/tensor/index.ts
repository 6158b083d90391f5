/** Tensors: the TensorFlow.js backend for training, SIMD kernels for serving, and what both need. */
export { loadTensorBackend, type TensorBackendOptions } from "./backend.js";
export { choleskyFactor, solveWithFactor } from "./cholesky.js";
export { CoarseScan } from "./coarse-scan.js";
export { float16Scale, fromFloat16, toFloat16 } from "./float16.js";
export { tensorOf, type NamedTensor, type NamedTensors, type TensorType } from "./named-tensor.js";
export { Random } from "./random.js";
export { toBytes, toShorts, type Rounding } from "./rounding.js";
export { SimdArena, type Region, type SimdKernels } from "./simd-arena.js";
export type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D, TensorBackend, Tf } from "./tensor-backend.js";
export { nthLargest, selectTop, type Top } from "./top-k.js";
