import type { Embedder, Embedders } from "@palate/features";
import { failedPrecondition } from "@palate/host";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { OnnxEmbedder } from "./onnx-embedder.js";
import { loadOnnxLibraries } from "./onnx-libraries.js";

/** Tokens read of a text, unless the tokenizer's configuration says fewer. */
const MAX_TOKENS = 256;
/** Paths of a model within its folder, as models are published. */
const MODEL_FILES = ["model.onnx", path.join("onnx", "model.onnx")] as const;

/** Where models and libraries are, and what happens when they fail. */
export interface ModelFoldersOptions {
  /** Folder with a folder for each model; "" for none. */
  readonly models: string;
  /** Folder in which the libraries were installed; "" for Palate's own. */
  readonly libraries: string;
  /** Called with the error when texts cannot be embedded while serving. */
  readonly complain: (problem: unknown) => void;
}

/** The embedding models in a folder: a folder each, with model.onnx, tokenizer.json and tokenizer_config.json. */
export class ModelFolders implements Embedders {
  readonly #options: ModelFoldersOptions;
  readonly #opened = new Map<string, Promise<Embedder>>();

  constructor(options: ModelFoldersOptions) {
    this.#options = options;
  }

  async open(name: string): Promise<Embedder> {
    let opened = this.#opened.get(name);
    if (opened === undefined) {
      opened = this.#read(name);
      this.#opened.set(name, opened);
      // The operator may add what is missing: the next call tries again.
      opened.catch(() => this.#opened.delete(name));
    }
    return opened;
  }

  complain(problem: unknown): void {
    this.#options.complain(problem);
  }

  async #read(name: string): Promise<Embedder> {
    const { models, libraries } = this.#options;
    if (models === "")
      throw failedPrecondition(
        `The embedding model "${name}" is not there: PALATE_EMBEDDING_MODELS, the folder of embedding models, is not set.`,
      );
    const folder = path.join(models, name);
    const fileOf = async (file: string): Promise<Buffer | undefined> =>
      readFile(path.join(folder, file)).catch(() => undefined);
    let model: Buffer | undefined;
    for (const file of MODEL_FILES) model ??= await fileOf(file);
    const tokenizer = await fileOf("tokenizer.json");
    const config = JSON.parse((await fileOf("tokenizer_config.json"))?.toString("utf8") ?? "{}") as {
      model_max_length?: unknown;
    };
    if (model === undefined || tokenizer === undefined)
      throw failedPrecondition(
        `The embedding model "${name}" is not there: ${folder} must hold ${MODEL_FILES.join(" or ")}, and tokenizer.json.`,
      );
    const { runtime, tokenizers } = await loadOnnxLibraries(libraries);
    // Threads of WebAssembly would need a worker that no Node service starts.
    if (runtime.env?.wasm) runtime.env.wasm.numThreads = 1;
    const configured = Number(config.model_max_length);
    return OnnxEmbedder.of({
      name,
      fingerprint: createHash("sha256").update(model).update(tokenizer).digest("hex"),
      runtime,
      session: await runtime.InferenceSession.create(model),
      tokenizer: new tokenizers.Tokenizer(JSON.parse(tokenizer.toString("utf8")) as object, config),
      maxTokens: configured > 1 ? Math.min(configured, MAX_TOKENS) : MAX_TOKENS,
    });
  }
}

/** No embedding models at all. */
export const NO_MODELS: Embedders = new ModelFolders({ models: "", libraries: "", complain: () => {} });
