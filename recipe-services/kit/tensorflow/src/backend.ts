import { createRequire } from "node:module";
import { dirname } from "node:path";
import type { TensorBackend, Tf } from "./tensor-backend.js";
import { registerWasmKernels } from "./wasm-backend-kernels.js";

export interface TensorBackendOptions {
  /** `native` fails when the addon does not load; `auto` then takes WebAssembly. Default `auto`. */
  readonly prefer?: "auto" | "native" | "wasm";
}

const require = createRequire(import.meta.url);

/**
 * Loads TensorFlow.js, the only place that does: a process that never calls this never loads it. The plain JavaScript
 * backend is never chosen (it is several hundred times slower). The active backend is global to the process, so the
 * last call wins.
 * @throws Error when `prefer` is `native` and the addon does not load; `npm run setup:native` builds it
 */
export async function loadTensorBackend({ prefer = "auto" }: TensorBackendOptions = {}): Promise<TensorBackend> {
  if (prefer !== "wasm") {
    const native = await loadNative();
    if (!(native instanceof Error)) return native;
    if (prefer === "native") {
      throw new Error("The native TensorFlow backend does not load; run `npm run setup:native` to build it.", {
        cause: native,
      });
    }
  }
  return loadWasm();
}

interface NativeBinding {
  readonly binding?: { readonly TF_Version?: string };
}

async function loadNative(): Promise<TensorBackend | Error> {
  try {
    const node = require("@tensorflow/tfjs-node") as { readonly version: Record<string, string> };
    const tf = core();
    if (!(await tf.setBackend("tensorflow"))) return new Error("TensorFlow.js refused its tensorflow backend.");
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
