import type { Embedder, Embedders } from "@palate/features";
import { failedPrecondition } from "@palate/host";
import type { Hyperparameter } from "@palate/recipe";

/** The embedding model that a solution version was trained with. */
export interface UsedEmbedding {
  readonly name: string;
  readonly fingerprint: string;
}

/**
 * Opens the embedding model of a trained version.
 * @throws PalateError `failed_precondition` when it is missing or has another fingerprint
 */
export async function openAgain({ name, fingerprint }: UsedEmbedding, embedders: Embedders): Promise<Embedder> {
  const embedder = await embedders.open(name);
  if (embedder.fingerprint === fingerprint) return embedder;
  throw failedPrecondition(
    `The embedding model "${name}" is not the one that the solution version was trained with, so texts that were added or ` +
      `changed since are not read: put the former model back, or train again.`,
  );
}

/** The hyperparameter that names the embedding model for texts. */
export const embeddingModel: Hyperparameter = {
  name: "embedding_model",
  type: "text",
  default: "",
  form: 'the name of a folder: letters, digits, ".", "_" and "-", or "" for none',
  normalize: (value) => (/^([A-Za-z0-9][A-Za-z0-9._-]{0,99})?$/.test(value.trim()) ? value.trim() : undefined),
  tunable: false,
  description:
    "Embedding model to use for texts instead of the built-in text model: the name of a folder with an ONNX model and its " +
    "tokenizer in the service's folder of embedding models (PALATE_EMBEDDING_MODELS). Default: none.",
};
