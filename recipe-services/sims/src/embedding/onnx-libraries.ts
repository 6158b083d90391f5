import { failedPrecondition } from "@palate/host";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

/** The part of ONNX Runtime's JavaScript interface that is used; that of `onnxruntime-node` and `onnxruntime-web` is the same. */
export interface OnnxRuntime {
  readonly Tensor: new (type: "int64", data: BigInt64Array, dims: readonly number[]) => unknown;
  readonly InferenceSession: { create(model: Uint8Array): Promise<OnnxSession> };
  readonly env?: { readonly wasm?: { numThreads?: number } };
}

/** A model that was loaded. */
export interface OnnxSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(inputs: Record<string, unknown>): Promise<Readonly<Record<string, OnnxOutput | undefined>>>;
}

/** A tensor that a model gives. */
export interface OnnxOutput {
  readonly data: ArrayLike<number>;
  readonly dims: readonly number[];
}

/** The part of `@huggingface/tokenizers` that is used. */
interface TokenizerLibrary {
  readonly Tokenizer: new (tokenizer: object, config: object) => Tokenizer;
}

/** Turns a text into numbered tokens. */
export interface Tokenizer {
  encode(text: string): { readonly ids: readonly number[] };
}

/** The libraries that run embedding models. */
export interface OnnxLibraries {
  readonly runtime: OnnxRuntime;
  readonly tokenizers: TokenizerLibrary;
}

/** Runtimes, the faster one first. */
const RUNTIMES = ["onnxruntime-node", "onnxruntime-web"] as const;
const TOKENIZERS = "@huggingface/tokenizers";

/**
 * Loads the libraries, which Palate does not include.
 * @param folder where they were installed; "" for Palate's own folder
 * @throws PalateError `failed_precondition` saying what to install where
 */
export async function loadOnnxLibraries(folder: string): Promise<OnnxLibraries> {
  const require = createRequire(folder === "" ? import.meta.url : path.join(path.resolve(folder), "package.json"));
  const load = async (name: string): Promise<object | undefined> => {
    let found: string;
    try {
      found = require.resolve(name);
    } catch {
      return undefined;
    }
    const loaded = (await import(pathToFileURL(found).href)) as { default?: object };
    return loaded.default ?? loaded;
  };
  let runtime: object | undefined;
  for (const name of RUNTIMES) runtime ??= await load(name);
  const tokenizers = await load(TOKENIZERS);
  const missing = [...(runtime ? [] : [RUNTIMES.join(" or ")]), ...(tokenizers ? [] : [TOKENIZERS])];
  if (runtime === undefined || tokenizers === undefined)
    throw failedPrecondition(
      `Embedding models need ${missing.join(" and ")}, which Palate does not include: run ` +
        `"npm install ${RUNTIMES[0]} ${TOKENIZERS}" in a folder and set PALATE_EMBEDDING_LIBRARIES to it` +
        (folder === "" ? "." : `; ${folder} has no node_modules with it.`),
    );
  return { runtime: runtime as OnnxRuntime, tokenizers: tokenizers as TokenizerLibrary };
}
