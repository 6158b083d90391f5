import { text } from "@palate/host";

/** Options of the sims service, in addition to those of every recipe service. */
export const embeddingOptions = {
  embeddingModels: text(
    "PALATE_EMBEDDING_MODELS",
    "",
    'Folder with a folder for each embedding model that solutions may name as "embedding_model"; empty for none.',
  ),
  embeddingLibraries: text(
    "PALATE_EMBEDDING_LIBRARIES",
    "",
    "Folder in which an ONNX runtime and @huggingface/tokenizers were installed with npm; empty for Palate's own.",
  ),
} as const;
