import {
  replicaViewOf,
  resolveHyperparameters,
  trainingDataOf,
  type Artifact,
  type TrainingData,
  type ReplicaView,
} from "@palate/recipe";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { descriptor } from "../semantic-similarity/recipe.js";
import { load } from "../semantic-similarity/serve.js";
import { train } from "../semantic-similarity/train.js";
import { descriptor as similarItems } from "../similar-items/recipe.js";
import { load as loadSimilarItems } from "../similar-items/serve.js";
import { train as trainSimilarItems } from "../similar-items/train.js";
import { ModelFolders } from "./model-folders.js";
import { loadOnnxLibraries } from "./onnx-libraries.js";

/*
 * A language model small enough to be written down: it knows a few words, and the vector of each. In ONNX's format
 * (protobuf, by hand): one Gather of a table of vectors by `input_ids`.
 */

const bytes = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

function varint(value: number): number[] {
  const digits: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...digits, rest];
    digits.push((rest % 128) + 128);
  }
}

/** A field that holds a number. */
const number = (field: number, value: number): Uint8Array => bytes(varint(field * 8), varint(value));

/** A field that holds bytes, a text or a message. */
function field(name: number, value: Uint8Array | string): Uint8Array {
  const content = typeof value === "string" ? new TextEncoder().encode(value) : value;
  return bytes(varint(name * 8 + 2), varint(content.length), content);
}

const FLOAT = 1;
const INT64 = 7;

/** ValueInfoProto of a tensor whose sizes are not given. */
function valueInfo(name: string, type: number, sizes: readonly string[]): Uint8Array {
  const shape = bytes(...sizes.map((size) => field(1, field(2, size))));
  return bytes(field(1, name), field(2, field(1, bytes(number(1, type), field(2, shape)))));
}

/** The model as the bytes of `model.onnx`: rows of the table are the tokens' vectors. */
function tinyModel(table: readonly (readonly number[])[]): Uint8Array {
  const values = new Uint8Array(Float32Array.from(table.flat()).buffer);
  const initializer = bytes(
    ...[table.length, table[0]!.length].map((size) => number(1, size)),
    number(2, FLOAT),
    field(8, "table"),
    field(9, values),
  );
  const node = bytes(field(1, "table"), field(1, "input_ids"), field(2, "last_hidden_state"), field(4, "Gather"));
  const graph = bytes(
    field(1, node),
    field(2, "tiny"),
    field(5, initializer),
    field(11, valueInfo("input_ids", INT64, ["texts", "tokens"])),
    field(12, valueInfo("last_hidden_state", FLOAT, ["texts", "tokens", "numbers"])),
  );
  return bytes(number(1, 8), field(7, graph), field(8, bytes(field(1, ""), number(2, 13))));
}

/** Its `tokenizer.json`: words in lower case, and one token for all unknown ones. */
function tinyTokenizer(words: readonly string[]): object {
  const special = { special: true, single_word: false, lstrip: false, rstrip: false, normalized: false };
  return {
    version: "1.0",
    added_tokens: [{ id: 0, content: "[UNK]", ...special }],
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: null,
    decoder: null,
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(["[UNK]", ...words].map((word, id) => [word, id])),
    },
  };
}

/** What the tiny model knows: things to sit on, things that shine, and a word for anything else. */
const WORDS = ["sofa", "couch", "armchair", "lamp", "lantern"];
const TABLE = [
  [0, 0, 1],
  [1, 0, 0],
  [0.98, 0.1, 0],
  [0.9, 0.2, 0],
  [0, 1, 0],
  [0.1, 0.97, 0],
];

/**
 * Stands in for the libraries where they are not installed: runs a table as ONNX Runtime does, and splits at spaces. The
 * table is looked for in the model's bytes where `tinyModel` puts it.
 */
const RUNTIME = `
module.exports = {
  Tensor: class { constructor(type, data, dims) { Object.assign(this, { type, data, dims }); } },
  InferenceSession: { create: async (model) => ({
    inputNames: ["input_ids"],
    outputNames: ["last_hidden_state"],
    run: async ({ input_ids: { data, dims } }) => {
      const at = Buffer.from(model).lastIndexOf("table") + "table".length + 2;
      const table = new Float32Array(model.buffer.slice(model.byteOffset + at, model.byteOffset + at + ${TABLE.length * 12}));
      const out = Array.from(data).flatMap((id) => Array.from(table.subarray(3 * Number(id), 3 * Number(id) + 3)));
      return { last_hidden_state: { data: Float32Array.from(out), dims: [...dims, 3] } };
    },
  }) },
};`;
const TOKENIZERS = `
exports.Tokenizer = class {
  constructor({ model }) { this.vocab = model.vocab; }
  encode(text) { return { ids: text.toLowerCase().split(/\\s+/).map((word) => this.vocab[word] ?? 0) }; }
};`;

/** Where the real libraries are, which are no part of Palate. */
const LIBRARIES = process.env["PALATE_EMBEDDING_LIBRARIES"] ?? "";
const installed = await loadOnnxLibraries(LIBRARIES).then(
  () => true,
  () => false,
);

let folder: string;
let complaints: unknown[];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "palate-embedding-"));
  complaints = [];
  await mkdir(path.join(folder, "models", "tiny"), { recursive: true });
  await writeFile(path.join(folder, "models", "tiny", "model.onnx"), tinyModel(TABLE));
  await writeFile(path.join(folder, "models", "tiny", "tokenizer.json"), JSON.stringify(tinyTokenizer(WORDS)));
  for (const [name, source] of [
    ["onnxruntime-node", RUNTIME],
    ["@huggingface/tokenizers", TOKENIZERS],
  ] as const) {
    const home = path.join(folder, "libraries", "node_modules", name);
    await mkdir(home, { recursive: true });
    await writeFile(path.join(home, "index.js"), source);
  }
});
afterEach(() => rm(folder, { recursive: true }));

function models(libraries = path.join(folder, "libraries")): ModelFolders {
  return new ModelFolders({
    models: path.join(folder, "models"),
    libraries,
    complain: (problem) => complaints.push(problem),
  });
}

const ITEMS = ["a", "b", "c", "d"];
const NAMES = ["Sofa", "Lamp", "Couch", null];

function catalogue(names: readonly (string | null)[] = NAMES, items = ITEMS): TrainingData {
  return { ...trainingDataOf([], items, { NAME: names }), itemColumnKinds: { NAME: "text" } };
}

async function artifactOf(data: TrainingData, embedders: ModelFolders): Promise<Artifact> {
  const artifacts: Artifact[] = [];
  await train(
    {
      everything: data,
      fit: data,
      hyperparameters: resolveHyperparameters(descriptor.hyperparameters, { embedding_model: "tiny" }),
      seed: 1,
      backend: "auto",
      signal: new AbortController().signal,
      report: () => {},
      publish: async ({ deployed }) => void artifacts.push(deployed),
    },
    embedders,
  );
  return artifacts[0]!;
}

function ask(model: ReturnType<typeof load>, replica: ReplicaView, itemId: string): string[] {
  const excluded = new Uint8Array(replica.itemCount);
  const query = { user: -1, item: replica.itemIndex(itemId), limit: 1, excluded, timestamp: 0 };
  return Array.from(model.recommend(query).items, (item) => replica.itemId(item));
}

describe("an embedding model of the operator's", () => {
  test("finds synonyms that have no letters in common", async () => {
    const data = catalogue();
    const replica = replicaViewOf(data);
    const model = load(await artifactOf(data, models()), replica, models());
    expect(ask(model, replica, "a")).toEqual(["c"]);
    expect(ask(model, replica, "d")).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test("reads items that came since, and serves the others without being there", async () => {
    const artifact = await artifactOf(catalogue(), models());
    const later = catalogue([...NAMES, "Lantern"], [...ITEMS, "e"]);
    const replica = replicaViewOf(later);
    const model = load(artifact, replica, models());
    await vi.waitFor(() => expect(ask(model, replica, "b")).toEqual(["e"]), 5000);
    model.close!();
    await rm(path.join(folder, "models"), { recursive: true });
    const without = load(artifact, replica, models());
    expect(ask(without, replica, "a")).toEqual(["c"]);
    await vi.waitFor(() => expect(String(complaints)).toContain('"tiny" is not there'), 5000);
    without.close!();
  });

  test("is not taken for another one of the same name", async () => {
    const artifact = await artifactOf(catalogue(), models());
    await writeFile(path.join(folder, "models", "tiny", "model.onnx"), tinyModel([...TABLE].reverse()));
    const replica = replicaViewOf(catalogue([...NAMES, "Lantern"], [...ITEMS, "e"]));
    const model = load(artifact, replica, models());
    await vi.waitFor(
      () => expect(String(complaints)).toContain("is not the one that the solution version was trained with"),
      5000,
    );
    expect(ask(model, replica, "a")).toEqual(["c"]);
    model.close!();
  });

  test("tells similar items what metadata mean, of items that came since too", async () => {
    const kinds = ["Sofa", "Couch", "Armchair", "Lamp", "Lantern", "Lamp"];
    const items = Array.from({ length: 24 }, (_, item) => `i${item}`);
    const names = items.map((_, item) => kinds[item % kinds.length]!);
    // People who sit down look at seats, the others at lamps.
    const rows = Array.from({ length: 300 }, (_, k) => {
      const kind = Math.floor(k / 5) % 2;
      const item = 6 * ((k * 7) % 3) + 3 * kind + ((k * 5) % 3);
      return { user: `u${Math.floor(k / 5)}`, item: `i${item}`, timestamp: 1000 + k };
    });
    const data = { ...trainingDataOf(rows, items, { NAME: names }), itemColumnKinds: { NAME: "text" as const } };
    const artifacts: Artifact[] = [];
    await trainSimilarItems(
      {
        everything: data,
        fit: data,
        hyperparameters: resolveHyperparameters(similarItems.hyperparameters, { embedding_model: "tiny" }),
        seed: 1,
        backend: "auto",
        signal: new AbortController().signal,
        report: () => {},
        publish: async ({ deployed }) => void artifacts.push(deployed),
      },
      models(),
    );
    const columns = { NAME: [...names, "Lantern lamp"] };
    const replica = replicaViewOf(trainingDataOf([], [...items, "later"], columns));
    const model = loadSimilarItems(artifacts[0]!, replica, models());
    const shines = (id: string): boolean => names[items.indexOf(id)]!.startsWith("La");
    await vi.waitFor(() => expect(ask(model, replica, "later").filter(shines)).toHaveLength(1), 5000);
    expect(ask(model, replica, "i23").filter((id) => id === "later" || shines(id))).toHaveLength(1);
    expect(complaints).toEqual([]);
    model.close!();
  });

  test("is refused with what to do where something is missing", async () => {
    await mkdir(path.join(folder, "bare"));
    await expect(artifactOf(catalogue(), models(path.join(folder, "bare")))).rejects.toThrow(
      /npm install onnxruntime-node @huggingface\/tokenizers/,
    );
    await expect(models().open("other")).rejects.toThrow(/must hold model.onnx/);
    const none = new ModelFolders({ models: "", libraries: "", complain: () => {} });
    await expect(none.open("tiny")).rejects.toThrow(/PALATE_EMBEDDING_MODELS/);
    expect(() => resolveHyperparameters(descriptor.hyperparameters, { embedding_model: "../tiny" })).toThrow(
      /name of a folder/,
    );
  });

  test.runIf(installed)("runs by ONNX Runtime itself", async () => {
    const embedder = await models(LIBRARIES).open("tiny");
    const [sofa, both, nothing] = await embedder.embed(["Sofa", "<b>sofa</b> lamp", "  "]);
    expect(Array.from(sofa!)).toEqual([1, 0, 0]);
    expect(both![0]).toBeCloseTo(Math.SQRT1_2, 5);
    expect(both![1]).toBeCloseTo(Math.SQRT1_2, 5);
    expect(Array.from(nothing!)).toEqual([0, 0, 0]);
  });
});
