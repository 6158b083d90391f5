/**
 * Item content: what the metadata columns and texts of items say about them, in numbers. Mathematics only.
 *
 * 1. `ContentEncoder.fit(data.itemAttributes, { kinds: data.itemColumnKinds })` learns the columns; it is a generator that
 *    yields its progress, so drive it with `for (;;)` or `finished`.
 * 2. `encoder.encodeAll(data.itemAttributes, itemCount)` gives sparse features of a catalogue (`denseOf` in kit/text makes
 *    them dense), `encoder.encode((column) => replica.itemAttribute(item, column))` those of one item, new ones included.
 * 3. `ContentMap.fit({ features, width, vectors, dimensions, weights })` learns item vectors from features, and
 *    `map.apply(row)` gives a new item its vector.
 * 4. `toTensors(prefix)` and `fromTensors(tensors, prefix)` of both put them into a model file and read them back.
 */
export { CategoryFeatures, NumberFeatures, partsOf, type ColumnFeatures, type Value } from "./column-features.js";
export { columnKinds, type ColumnKind } from "./column-kind.js";
export {
  ContentEncoder,
  featureWeights,
  rarityOfFeatures,
  type ContentEncoderOptions,
  type TextReader,
  type ValueOf,
} from "./content-encoder.js";
export { metadataTerms, type MetadataTerms } from "./metadata-terms.js";
export { ContentMap, type ContentMapInput } from "./content-map.js";
