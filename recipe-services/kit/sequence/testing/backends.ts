import { loadTensorBackend } from "@palate/tensorflow";

const native = await loadTensorBackend({ prefer: "native" }).then(
  () => true,
  () => false,
);

/** The tensor backends that this machine has; what is tested on one is tested on each. */
export const BACKENDS = native ? (["wasm", "native"] as const) : (["wasm"] as const);
