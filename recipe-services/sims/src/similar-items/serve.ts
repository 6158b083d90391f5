import { keyphrasesOf, type Embedders } from "@palate/features";
import {
  ItemBinding,
  PopularFiller,
  type Artifact,
  type Explanation,
  type Query,
  type RankedItems,
  type ReplicaView,
  type ServingModel,
  type Keyphrase,
} from "@palate/recipe";
import { NO_MODELS } from "../embedding/model-folders.js";
import { openAgain } from "../embedding/used-embedding.js";
import { EmbeddingQueue } from "../vectors/embedding-queue.js";
import { fingerprintOf } from "../vectors/fingerprint.js";
import { LiveItems } from "../vectors/live-items.js";
import { VectorIndex } from "../vectors/vector-index.js";
import { fromArtifact } from "./artifact.js";
import { labelledCauses } from "./causes.js";
import { dimensionsOf, expandedVector, itemVector } from "./item-space.js";
import { countsShare } from "./model.js";

/**
 * Serves what follows the item asked about, blended with what is like it. Items that arrived after training take part by
 * their metadata, as they are now.
 * @param embedders the embedding models that there are; looked at when there is a text to read, and not before
 * @throws PalateError `invalid_argument` on an artefact it cannot read
 */
export function load(artifact: Artifact, replica: ReplicaView, embedders: Embedders = NO_MODELS): ServingModel {
  const { lists, counts, learned, vectors, fingerprints, space, blend, embedding, texts } = fromArtifact(artifact);
  const { offsets, items: similar, scores: similarities } = lists;
  const { encoder, idDimensions, coldInteractions } = space;
  const binding = new ItemBinding(lists.itemIds, replica);
  const filler = new PopularFiller(replica);
  const index = new VectorIndex(dimensionsOf(space), replica.itemCount);
  const rowOfItem = (item: number) => encoder.encode((column) => replica.itemAttribute(item, column));
  const look = (item: number): void => {
    const own = binding.modelIndex(item);
    const isLearned = own >= 0 && offsets[own + 1]! > offsets[own]!;
    const vector = isLearned ? learned.subarray(own * idDimensions, (own + 1) * idDimensions) : null;
    index.set(item, itemVector(space, rowOfItem(item), vector, own < 0 ? 0 : counts[own]!));
  };
  const readAndLook = async (items: readonly number[]): Promise<void> => {
    try {
      const unread = items.flatMap((item) => encoder.textColumns.map((column) => replica.itemAttribute(item, column)));
      await texts!.read(unread, await openAgain(embedding!, embedders));
    } finally {
      // Without their texts, if need be, until they can be read.
      for (const item of items) look(item);
      texts!.forget();
    }
  };
  const live =
    embedding === null
      ? new LiveItems(replica, look)
      : new EmbeddingQueue(replica, readAndLook, (problem) => embedders.complain(problem));
  const width = dimensionsOf(space);
  for (let item = 0; item < replica.itemCount; item++) {
    const own = binding.modelIndex(item);
    const known =
      own >= 0 &&
      fingerprints[own] === fingerprintOf(encoder.columns.map((column) => replica.itemAttribute(item, column)));
    if (known) index.set(item, vectors.subarray(own * width, (own + 1) * width));
    else live.add(item);
  }

  const vector = new Float32Array(width);
  const follower = new Float32Array(width);
  const addVector = (item: number, weight: number, to: Float32Array): void => {
    const found = binding.replicaIndex(item);
    if (found < 0 || !index.read(found, follower)) return;
    for (let d = 0; d < width; d++) to[d]! += weight * follower[d]!;
  };
  const recommend = (query: Query): RankedItems => {
    const { item: asked, limit, excluded } = query;
    live.settle(asked);
    const none = { items: new Int32Array(0), scores: new Float32Array(0) };
    if (asked < 0 || !index.read(asked, vector)) return filler.fill(none, query, asked);
    const own = binding.modelIndex(asked);
    const share = own < 0 ? 0 : countsShare(counts[own]!, coldInteractions, blend);
    const [begin, end] = own < 0 ? [0, 0] : [offsets[own]!, offsets[own + 1]!];
    const followers = { items: similar.subarray(begin, end), scores: similarities.subarray(begin, end) };
    const amounts = new Float32Array(end - begin);
    const found = new Int32Array(end - begin);
    let count = 0;
    // Scores are share · followed + (1 - share) · likeness; the index adds to likeness.
    const scale = share / ((1 - share) * (similarities[begin] ?? 1));
    for (let k = begin; k < end; k++) {
      const item = binding.replicaIndex(similar[k]!);
      if (item < 0 || item >= index.count) continue;
      found[count] = item;
      amounts[count++] = scale * similarities[k]!;
    }
    const extra = { items: found.subarray(0, count), amounts: amounts.subarray(0, count) };
    const leftOut = (item: number): boolean => excluded[item] === 1 || item === asked;
    const top = index.best(expandedVector(vector, space.expansion, followers, addVector), limit, leftOut, extra);
    const scores = top.scores.map((score) => (1 - share) * score);
    return filler.fill({ items: top.indices, scores }, query, asked);
  };

  const explain = ({ item: asked }: Query, items: Int32Array): Explanation[] => {
    const own = binding.modelIndex(asked);
    const followers = own < 0 ? new Int32Array(0) : similar.subarray(offsets[own], offsets[own + 1]);
    const features = asked < 0 ? null : rowOfItem(asked);
    return Array.from(items, (item): Explanation => {
      if (followers.includes(binding.modelIndex(item))) return [{ kind: "item", item: asked, weight: 1 }];
      if (features === null || !index.has(item))
        return [{ kind: "popularity", users: replica.usersPerItem[item] ?? 0, weight: 1 }];
      const causes = labelledCauses(space, features, rowOfItem(item));
      return causes.length > 0 ? causes : [{ kind: "item", item: asked, weight: 1 }];
    });
  };
  const keyphrases = (item: number, limit: number): Keyphrase[] => {
    const { text, textColumns } = encoder;
    if (item < 0 || text === null) return [];
    const texts = textColumns.map((column) => replica.itemAttribute(item, column));
    return keyphrasesOf(texts, (word) => text.rarity(word), limit);
  };
  return { recommend, explain, keyphrases, itemVectors: index, close: () => live.close() };
}
