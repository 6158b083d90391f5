/**
 * Items' texts and metadata columns as features and embeddings. Mathematics only.
 *
 * `text/` embeds unstructured text and extracts keyphrases, in any language and without a downloaded model.
 * `content/` describes items by their metadata columns and texts:
 *
 * 1. `ContentEncoder.fit(data.itemAttributes, { kinds: data.itemColumnKinds })` learns the columns; it is a generator that
 *    yields its progress, so drive it with `for (;;)` or `finished`.
 * 2. `encoder.encodeAll(data.itemAttributes, itemCount)` gives sparse features of a catalogue (`denseOf` of @palate/numeric makes
 *    them dense), `encoder.encode((column) => replica.itemAttribute(item, column))` those of one item, new ones included.
 * 3. `ContentMap.fit({ features, width, vectors, dimensions, weights })` learns item vectors from features, and
 *    `map.apply(row)` gives a new item its vector.
 * 4. `toTensors(prefix)` and `fromTensors(tensors, prefix)` of both put them into a model file and read them back.
 */
export { type ColumnKind, columnKinds } from "./content/column-kind.js";
export {
  ContentEncoder,
  type TextReader,
  type ValueOf,
  featureWeights,
  rarityOfFeatures,
} from "./content/content-encoder.js";
export { ContentMap } from "./content/content-map.js";
export { type MetadataTerms, metadataTerms } from "./content/metadata-terms.js";
export type { Embedder, Embedders } from "./text/embedder.js";
export { keyphrasesOf } from "./text/keyphrases.js";
export { plainText } from "./text/plain-text.js";
export { MAX_TEXT_LENGTH } from "./text/terms.js";
export { TextModel } from "./text/text-model.js";
export { wordsOf } from "./text/words.js";
