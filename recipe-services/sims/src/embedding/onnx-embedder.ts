import { MAX_TEXT_LENGTH, plainText, type Embedder } from "@palate/features";
import { failedPrecondition } from "@palate/host";
import type { OnnxOutput, OnnxRuntime, OnnxSession, Tokenizer } from "./onnx-libraries.js";

/** Texts given to the model at once: enough to keep it busy, few enough that one long text does not pad many others. */
const BATCH = 16;

/** Inputs of text models, and their values: for a token, and (undefined) for the padding of a shorter text. */
const INPUTS: Readonly<Record<string, (token: number | undefined) => number>> = {
  input_ids: (token) => token ?? 0,
  attention_mask: (token) => (token === undefined ? 0 : 1),
  token_type_ids: () => 0,
};

/** What an embedder consists of. */
export interface OnnxParts {
  /** Name of the model, for messages. */
  readonly name: string;
  readonly fingerprint: string;
  readonly runtime: OnnxRuntime;
  readonly session: OnnxSession;
  readonly tokenizer: Tokenizer;
  /** Most tokens read of a text. */
  readonly maxTokens: number;
}

/**
 * Sentence embeddings by a model in ONNX's format: mean pooling over the tokens of a text, brought to unit length (as in
 * Sentence-BERT, Reimers and Gurevych 2019). The output of a model that pools by itself is taken as it is.
 */
export class OnnxEmbedder implements Embedder {
  readonly fingerprint: string;
  readonly dimensions: number;
  readonly #parts: OnnxParts;

  private constructor(parts: OnnxParts, dimensions: number) {
    this.fingerprint = parts.fingerprint;
    this.dimensions = dimensions;
    this.#parts = parts;
  }

  /**
   * Embeds one text to check the model and to learn its dimensions.
   * @throws PalateError `failed_precondition` when it is not a text model
   */
  static async of(parts: OnnxParts): Promise<OnnxEmbedder> {
    const unknown = parts.session.inputNames.filter((input) => INPUTS[input] === undefined);
    if (unknown.length > 0 || !parts.session.inputNames.includes("input_ids"))
      throw failedPrecondition(
        `The embedding model "${parts.name}" takes ${parts.session.inputNames.join(", ")}; it must take input_ids, and ` +
          `nothing else but attention_mask and token_type_ids.`,
      );
    const [vector] = await new OnnxEmbedder(parts, 0).#run([[...parts.tokenizer.encode("a").ids]]);
    return new OnnxEmbedder(parts, vector!.length);
  }

  async embed(texts: readonly string[]): Promise<Float32Array[]> {
    const vectors = texts.map(() => new Float32Array(this.dimensions));
    const tokens = texts.map((text) => this.#tokensOf(text));
    // Texts of similar length go together, so that there is little padding.
    const order = [...tokens.keys()].filter((index) => tokens[index]!.length > 0);
    order.sort((a, b) => tokens[a]!.length - tokens[b]!.length);
    for (let from = 0; from < order.length; from += BATCH) {
      const batch = order.slice(from, from + BATCH);
      const found = await this.#run(batch.map((index) => tokens[index]!));
      batch.forEach((index, k) => vectors[index]!.set(found[k]!));
    }
    return vectors;
  }

  #tokensOf(text: string): number[] {
    const plain = plainText(text.slice(0, MAX_TEXT_LENGTH)).trim();
    if (plain === "") return [];
    const ids = [...this.#parts.tokenizer.encode(plain).ids];
    if (ids.length <= this.#parts.maxTokens) return ids;
    // In models with an end token the last one closes the text.
    return [...ids.slice(0, this.#parts.maxTokens - 1), ids.at(-1)!];
  }

  async #run(rows: readonly (readonly number[])[]): Promise<Float32Array[]> {
    const { runtime, session, name } = this.#parts;
    const length = Math.max(...rows.map((row) => row.length));
    const inputs: Record<string, unknown> = {};
    for (const input of session.inputNames) {
      const values = new BigInt64Array(rows.length * length);
      rows.forEach((row, index) => {
        for (let k = 0; k < length; k++) values[index * length + k] = BigInt(INPUTS[input]!(row[k]));
      });
      inputs[input] = new runtime.Tensor("int64", values, [rows.length, length]);
    }
    const outputs = await session.run(inputs);
    const chosen = ["sentence_embedding", "last_hidden_state"].find((output) => outputs[output] !== undefined);
    const output = outputs[chosen ?? session.outputNames[0]!];
    if (output?.dims[0] !== rows.length || output.dims.length < 2 || output.dims.length > 3)
      throw failedPrecondition(
        `The embedding model "${name}" gives a tensor of ${output?.dims.join(" × ")}; it must be texts × numbers, or texts × ` +
          `tokens × numbers.`,
      );
    return rows.map((row, index) => pooled(output, index, row.length));
  }
}

/** The mean of a text's token embeddings, or the model's own embedding of the text, brought to unit length. */
function pooled({ data, dims }: OnnxOutput, row: number, tokens: number): Float32Array {
  const width = dims.at(-1)!;
  const [rows, stride] = dims.length === 2 ? [1, 1] : [tokens, dims[1]!];
  const vector = new Float32Array(width);
  for (let token = 0; token < rows; token++)
    for (let d = 0; d < width; d++) vector[d]! += data[(row * stride + token) * width + d]!;
  const length = Math.hypot(...vector);
  return length > 0 ? vector.map((value) => value / length) : vector;
}
