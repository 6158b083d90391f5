import { keyphrasesOf, type Embedders } from "@palate/features";
import {
  ItemBinding,
  PopularityFallback,
  type Artifact,
  type Explanation,
  type Query,
  type RankedItems,
  type ReplicaView,
  type ItemModel,
  type Keyphrase,
} from "@palate/recipe";
import { NO_MODELS } from "../embedding/model-folders.js";
import { fromArtifact, type LoadedSimilarItems } from "./artifact.js";
import { sharedAttributes } from "./attributions.js";
import { expandedVector } from "./item-space.js";
import { LiveVectors } from "./live-vectors.js";
import { countsShare } from "./model.js";

/**
 * Serves the items that follow the query item, blended with those similar to it. Items that arrived after training take part
 * by their metadata, as they are now.
 * @param embedders the available embedding models; opened only when there is a text to embed
 * @throws PalateError `invalid_argument` on an artefact it cannot read
 */
export function load(artifact: Artifact, replica: ReplicaView, embedders: Embedders = NO_MODELS): ItemModel {
  const model = fromArtifact(artifact);
  const { lists, space } = model;
  const binding = new ItemBinding(lists.itemIds, replica);
  const filler = new PopularityFallback(replica);
  const live = new LiveVectors(model, binding, replica, embedders);
  const blended = new BlendedSearch(model, binding, live);

  const recommend = (query: Query): RankedItems => {
    live.settle(query.item);
    const found = blended.best(query) ?? { items: new Int32Array(0), scores: new Float32Array(0) };
    return filler.fill(found, query, query.item);
  };

  const explain = ({ item: queryItem }: Query, items: Int32Array): Explanation[] => {
    const followers = followersOf(model, binding.modelIndex(queryItem)).items;
    const features = queryItem < 0 ? null : live.featuresOf(queryItem);
    return Array.from(items, (item): Explanation => {
      if (followers.includes(binding.modelIndex(item))) return [{ kind: "item", item: queryItem, weight: 1 }];
      if (features === null || !live.index.has(item))
        return [{ kind: "popularity", users: replica.usersPerItem[item] ?? 0, weight: 1 }];
      const shared = sharedAttributes(space, features, live.featuresOf(item));
      return shared.length > 0 ? shared : [{ kind: "item", item: queryItem, weight: 1 }];
    });
  };

  const keyphrases = (item: number, limit: number): Keyphrase[] => {
    const { text, textColumns } = space.encoder;
    if (item < 0 || text === null) return [];
    const texts = textColumns.map((column) => replica.itemAttribute(item, column));
    return keyphrasesOf(texts, (word) => text.rarity(word), limit);
  };
  return { recommend, explain, keyphrases, itemVectors: live.index, close: () => live.close() };
}

/** Items of the model with their similarities, best first. */
interface Followers {
  readonly items: Int32Array;
  readonly scores: Float32Array;
}

/** The items that follow an item of the model; none when its index is negative. */
function followersOf({ lists }: Pick<LoadedSimilarItems, "lists">, index: number): Followers {
  const { offsets, items, scores } = lists;
  const [begin, end] = index < 0 ? [0, 0] : [offsets[index]!, offsets[index + 1]!];
  return { items: items.subarray(begin, end), scores: scores.subarray(begin, end) };
}

/** Finds the best items by the blend of counts and the similarity of vectors. */
class BlendedSearch {
  readonly #model: LoadedSimilarItems;
  readonly #binding: ItemBinding;
  readonly #live: LiveVectors;
  readonly #queryVector: Float32Array;
  readonly #follower: Float32Array;

  constructor(model: LoadedSimilarItems, binding: ItemBinding, live: LiveVectors) {
    this.#model = model;
    this.#binding = binding;
    this.#live = live;
    this.#queryVector = new Float32Array(live.index.dimension);
    this.#follower = new Float32Array(live.index.dimension);
  }

  /** The best items for a query; undefined when nothing is known about the query item. */
  best({ item: queryItem, limit, excluded }: Query): RankedItems | undefined {
    const { counts, space, blend } = this.#model;
    const { index } = this.#live;
    if (queryItem < 0 || !index.read(queryItem, this.#queryVector)) return undefined;
    const row = this.#binding.modelIndex(queryItem);
    const share = row < 0 ? 0 : countsShare(counts[row]!, space.coldInteractions, blend);
    const followers = followersOf(this.#model, row);
    const isExcluded = (item: number): boolean => excluded[item] === 1 || item === queryItem;
    const vector = expandedVector(this.#queryVector, space.expansion, followers, this.#addVector);
    const top = index.best(vector, limit, isExcluded, this.#amountsOf(followers, share));
    return { items: top.indices, scores: top.scores.map((score) => (1 - share) * score) };
  }

  /** Scores are share · followed + (1 - share) · similarity; the amounts are what the index adds to similarities for that. */
  #amountsOf({ items, scores }: Followers, share: number): { items: Int32Array; amounts: Float32Array } {
    const amounts = new Float32Array(items.length);
    const found = new Int32Array(items.length);
    const scale = share / ((1 - share) * (scores[0] ?? 1));
    let count = 0;
    for (let k = 0; k < items.length; k++) {
      const item = this.#binding.replicaIndex(items[k]!);
      if (item < 0 || item >= this.#live.index.count) continue;
      found[count] = item;
      amounts[count++] = scale * scores[k]!;
    }
    return { items: found.subarray(0, count), amounts: amounts.subarray(0, count) };
  }

  readonly #addVector = (item: number, weight: number, to: Float32Array): void => {
    const follower = this.#follower;
    const found = this.#binding.replicaIndex(item);
    if (found < 0 || !this.#live.index.read(found, follower)) return;
    for (let d = 0; d < follower.length; d++) to[d]! += weight * follower[d]!;
  };
}
