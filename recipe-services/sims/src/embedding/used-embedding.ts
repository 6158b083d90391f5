import type { Embedder, Embedders } from "@palate/features";
import { failedPrecondition } from "@palate/host";
import type { Hyperparameter } from "@palate/recipe";

/** The embedding model that a solution version was trained with. */
export interface UsedEmbedding {
  readonly name: string;
  readonly fingerprint: string;
}

/**
 * Opens it again.
 * @throws PalateError `failed_precondition` when it is not there, or is another one
 */
export async function openAgain({ name, fingerprint }: UsedEmbedding, embedders: Embedders): Promise<Embedder> {
  const embedder = await embedders.open(name);
  if (embedder.fingerprint === fingerprint) return embedder;
  throw failedPrecondition(
    `The embedding model "${name}" is another one than a solution version was trained with, so that texts that came or ` +
      `changed since are not read: put the former one back, or train anew.`,
  );
}

/** Which embedding model reads texts. */
export const embeddingModel: Hyperparameter = {
  name: "embedding_model",
  type: "text",
  default: "",
  form: 'the name of a folder: letters, digits, ".", "_" and "-", or "" for none',
  normalize: (value) => (/^([A-Za-z0-9][A-Za-z0-9._-]{0,99})?$/.test(value.trim()) ? value.trim() : undefined),
  tunable: false,
  description:
    "Embedding model that reads texts instead of the built-in model: a folder with an ONNX model and its tokenizer among " +
    "those that the service was given (PALATE_EMBEDDING_MODELS). Default: none.",
};
