import { keyphrasesOf, wordsOf, type Embedder, type Embedders } from "@palate/features";
import {
  ItemBinding,
  MAX_ATTRIBUTIONS,
  PopularityFallback,
  type Artifact,
  type Attribution,
  type Explanation,
  type Query,
  type RankedItems,
  type ReplicaView,
  type ItemModel,
  type Keyphrase,
} from "@palate/recipe";
import { NO_MODELS } from "../embedding/model-folders.js";
import { openAgain } from "../embedding/used-embedding.js";
import { EmbeddingQueue } from "../vectors/embedding-queue.js";
import { fingerprintOf } from "../vectors/fingerprint.js";
import { LiveItems } from "../vectors/live-items.js";
import { VectorIndex } from "../vectors/vector-index.js";
import { fromArtifact } from "./artifact.js";
import { Influence } from "./influence.js";
import { joined, type WeighedEmbedding } from "./model.js";

/** Embeddings of items from the texts of each. */
async function embedded(
  embedder: Embedder,
  texts: readonly (readonly string[])[],
  { columnWeights }: WeighedEmbedding,
): Promise<Float32Array[]> {
  const found = await embedder.embed(texts.flat());
  return texts.map(({ length }, k) => joined(found.slice(k * length, (k + 1) * length), columnWeights));
}

/**
 * Serves the items whose texts are most similar to those of the query item. Items that arrived or changed since training, or
 * while serving, are embedded as they come.
 * @param embedders the available embedding models; opened only when there is a text to embed
 * @throws PalateError `invalid_argument` on an artefact it cannot read
 */
export function load(artifact: Artifact, replica: ReplicaView, embedders: Embedders = NO_MODELS): ItemModel {
  const { itemIds, columns, text, vectors, dimensions, embedding, fingerprints, influences } = fromArtifact(artifact);
  const binding = new ItemBinding(itemIds, replica);
  const filler = new PopularityFallback(replica);
  const influence = new Influence(replica, influences);
  const index = new VectorIndex(dimensions, replica.itemCount);
  const textsOfItem = (item: number): string[] => columns.map((name) => replica.itemAttribute(item, name));
  const live =
    embedding === null
      ? new LiveItems(replica, (item) => index.set(item, text.encode(textsOfItem(item))))
      : new EmbeddingQueue(
          replica,
          async (items) => {
            const found = await embedded(await openAgain(embedding, embedders), items.map(textsOfItem), embedding);
            items.forEach((item, k) => index.set(item, found[k]!));
          },
          (problem) => embedders.complain(problem),
        );
  if (dimensions > 0) {
    for (let item = 0; item < replica.itemCount; item++) {
      const row = binding.modelIndex(item);
      if (row >= 0 && fingerprints[row] === fingerprintOf(textsOfItem(item)))
        index.set(item, vectors.subarray(row * dimensions, (row + 1) * dimensions));
      else live.add(item);
    }
  }

  const vector = new Float32Array(dimensions);
  const recommend = (query: Query): RankedItems => {
    const { item: queryItem, limit, excluded, timestamp } = query;
    live.settle(queryItem);
    if (queryItem < 0 || !index.read(queryItem, vector))
      return filler.fill({ items: new Int32Array(0), scores: new Float32Array(0) }, query, queryItem);
    const isExcluded = (item: number): boolean => excluded[item] === 1 || item === queryItem;
    const top = index.best(vector, limit, isExcluded, influence.bonuses(timestamp) ?? undefined);
    return filler.fill({ items: top.indices, scores: top.scores }, query, queryItem);
  };

  /** The words that two items share, the rarest first. */
  const explain = ({ item: queryItem }: Query, items: Int32Array): Explanation[] => {
    const queryWords = new Set(queryItem < 0 ? [] : textsOfItem(queryItem).flatMap(wordsOf));
    return Array.from(items, (item): Explanation => {
      if (!index.has(queryItem) || !index.has(item))
        return [{ kind: "popularity", users: replica.usersPerItem[item] ?? 0, weight: 1 }];
      const shared = new Map<string, { column: string; rarity: number }>();
      for (const column of columns)
        for (const word of wordsOf(replica.itemAttribute(item, column)))
          if (queryWords.has(word) && !shared.has(word)) shared.set(word, { column, rarity: text.rarity(word) });
      const total = [...shared.values()].reduce((sum, { rarity }) => sum + rarity, 0);
      if (total === 0) return [{ kind: "item", item: queryItem, weight: 1 }];
      return [...shared]
        .sort(([, a], [, b]) => b.rarity - a.rarity)
        .slice(0, MAX_ATTRIBUTIONS)
        .map(([value, { column, rarity }]): Attribution => ({
          kind: "attribute",
          column,
          value,
          weight: rarity / total,
        }));
    });
  };
  const keyphrases = (item: number, limit: number): Keyphrase[] =>
    item < 0 ? [] : keyphrasesOf(textsOfItem(item), (word) => text.rarity(word), limit);
  return { recommend, explain, keyphrases, itemVectors: index, close: () => live.close() };
}
