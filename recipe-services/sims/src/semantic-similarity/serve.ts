import { keyphrasesOf, wordsOf, type Embedder, type Embedders } from "@palate/features";
import {
  ItemBinding,
  MOST_CAUSES,
  PopularFiller,
  type Artifact,
  type Cause,
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
import { Influence } from "./influence.js";
import { joined, type WeighedEmbedding } from "./model.js";

/** Items' vectors by the texts of each. */
async function embedded(
  embedder: Embedder,
  texts: readonly (readonly string[])[],
  { columnWeights }: WeighedEmbedding,
): Promise<Float32Array[]> {
  const found = await embedder.embed(texts.flat());
  return texts.map((own, k) => joined(found.slice(k * own.length, (k + 1) * own.length), columnWeights));
}

/**
 * Serves the items whose texts are most like those of the item asked about. Texts are those of now: items that arrived or
 * changed since training, or while serving, are encoded as they come.
 * @param embedders the embedding models that there are; looked at when there is a text to read, and not before
 * @throws PalateError `invalid_argument` on an artefact it cannot read
 */
export function load(artifact: Artifact, replica: ReplicaView, embedders: Embedders = NO_MODELS): ServingModel {
  const { itemIds, columns, text, vectors, dimensions, embedding, fingerprints, influences } = fromArtifact(artifact);
  const binding = new ItemBinding(itemIds, replica);
  const filler = new PopularFiller(replica);
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
      const own = binding.modelIndex(item);
      if (own >= 0 && fingerprints[own] === fingerprintOf(textsOfItem(item)))
        index.set(item, vectors.subarray(own * dimensions, (own + 1) * dimensions));
      else live.add(item);
    }
  }

  const vector = new Float32Array(dimensions);
  const recommend = (query: Query): RankedItems => {
    const { item: asked, limit, excluded, timestamp } = query;
    live.settle(asked);
    if (asked < 0 || !index.read(asked, vector))
      return filler.fill({ items: new Int32Array(0), scores: new Float32Array(0) }, query, asked);
    const leftOut = (item: number): boolean => excluded[item] === 1 || item === asked;
    const top = index.best(vector, limit, leftOut, influence.bonuses(timestamp) ?? undefined);
    return filler.fill({ items: top.indices, scores: top.scores }, query, asked);
  };

  /** The words that two items share, the most telling first. */
  const explain = ({ item: asked }: Query, items: Int32Array): Explanation[] => {
    const own = new Set(asked < 0 ? [] : textsOfItem(asked).flatMap(wordsOf));
    return Array.from(items, (item): Explanation => {
      if (!index.has(asked) || !index.has(item))
        return [{ kind: "popularity", users: replica.usersPerItem[item] ?? 0, weight: 1 }];
      const shared = new Map<string, { column: string; rarity: number }>();
      for (const column of columns)
        for (const word of wordsOf(replica.itemAttribute(item, column)))
          if (own.has(word) && !shared.has(word)) shared.set(word, { column, rarity: text.rarity(word) });
      const total = [...shared.values()].reduce((sum, { rarity }) => sum + rarity, 0);
      if (total === 0) return [{ kind: "item", item: asked, weight: 1 }];
      return [...shared]
        .sort(([, a], [, b]) => b.rarity - a.rarity)
        .slice(0, MOST_CAUSES)
        .map(([value, { column, rarity }]): Cause => ({ kind: "attribute", column, value, weight: rarity / total }));
    });
  };
  const keyphrases = (item: number, limit: number): Keyphrase[] =>
    item < 0 ? [] : keyphrasesOf(textsOfItem(item), (word) => text.rarity(word), limit);
  return { recommend, explain, keyphrases, itemVectors: index, close: () => live.close() };
}
