export type { NamedTensor, TensorDtype } from "./named-tensor.js";
