import { createRequire } from "node:module";
import { dirname } from "node:path";
import type { TensorBackend, Tf } from "./tensor-backend.js";
import { registerWasmKernels } from "./wasm-backend-kernels.js";

export interface TensorBackendOptions {
  /** `native` fails when the addon does not load or work; `auto` then takes WebAssembly. Default `auto`. */
  readonly prefer?: "auto" | "native" | "wasm";
}

const require = createRequire(import.meta.url);

/**
 * Loads TensorFlow.js, the only place that does: a process that never calls this never loads it. The plain JavaScript
 * backend is never chosen (it is several hundred times slower). The active backend is global to the process, so the
 * last call wins.
 * @throws Error when `prefer` is `native` and the addon does not load or work; `npm run setup:native` builds it
 */
export async function loadTensorBackend({ prefer = "auto" }: TensorBackendOptions = {}): Promise<TensorBackend> {
  if (prefer !== "wasm") {
    const native = await loadNative();
    if (!(native instanceof Error)) return native;
    if (prefer === "native") {
      const message = `The native TensorFlow backend does not work (${native.message}); run \`npm run setup:native\` to build it.`;
      throw new Error(message, { cause: native });
    }
  }
  return loadWasm();
}

interface NativeBinding {
  readonly binding?: { readonly TF_Version?: string };
}

/** tfjs-node calls this function, which Node.js has no more from version 23 on. */
const util = require("node:util") as { isNullOrUndefined?: (value: unknown) => boolean };

async function loadNative(): Promise<TensorBackend | Error> {
  try {
    util.isNullOrUndefined ??= (value) => value === undefined || value === null;
    const node = require("@tensorflow/tfjs-node") as { readonly version: Record<string, string> };
    const tf = core();
    if (!(await tf.setBackend("tensorflow"))) return new Error("TensorFlow.js refused its tensorflow backend.");
    // An addon that loads can still fail at the first operation.
    tf.tidy(() => tf.gather(tf.matMul(tf.ones([2, 2]), tf.ones([2, 2])), tf.tensor1d([1], "int32")).dataSync());
    const { binding } = tf.backend() as NativeBinding;
    const version = `tfjs-node ${node.version["tfjs-node"]} on TensorFlow ${binding?.TF_Version ?? "of unknown version"}`;
    return { tf, name: "native", version };
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Both backends register themselves with the core, so it is the whole of what computing needs. */
const core = (): Tf => require("@tensorflow/tfjs-core") as Tf;

async function loadWasm(): Promise<TensorBackend> {
  const tf = core();
  const wasm = require("@tensorflow/tfjs-backend-wasm") as {
    readonly setWasmPaths: (path: string) => void;
    readonly version_wasm: string;
  };
  if (tf.getBackend() !== "wasm") {
    wasm.setWasmPaths(`${dirname(require.resolve("@tensorflow/tfjs-backend-wasm"))}/`);
    if (!(await tf.setBackend("wasm"))) throw new Error("The WebAssembly backend of TensorFlow.js does not start.");
  }
  await tf.ready();
  registerWasmKernels(tf);
  return { tf, name: "wasm", version: `tfjs-backend-wasm ${wasm.version_wasm}` };
}
