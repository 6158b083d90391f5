/** TensorFlow.js for training, on the native library or on WebAssembly. The only package that names it; serving loads none of it. */
export { loadTensorBackend } from "./backend.js";
export type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D, TensorBackend, Tf } from "./tensor-backend.js";
