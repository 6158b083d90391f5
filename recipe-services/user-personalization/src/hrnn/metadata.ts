import { ContentEncoder } from "@palate/features";
import { runCooperatively, denseOf } from "@palate/numeric";
import type { TrainingData } from "@palate/recipe";
import type { Sequences } from "@palate/sequence";
import type { Features } from "../gru/gru-steps.js";
import { networkFeatures } from "./hrnn-model.js";
import { ContentTower, FACTOR_DIMENSIONS } from "./content-tower.js";

/** How metadata becomes features; each absent where there is no metadata or it says nothing. */
export interface MetadataReaders {
  /** The content tower, which reads that of items. */
  readonly taste?: ContentTower | undefined;
  /** Reads that of users. */
  readonly users?: ContentEncoder | undefined;
}

/** The metadata of the items and users of a data set as numbers. */
export interface Metadata extends MetadataReaders {
  /** [items, FACTOR_DIMENSIONS]: the items' factors predicted from their metadata; with `taste`. */
  readonly content?: Float32Array | undefined;
  /** The same as the network takes it. */
  readonly itemFeatures?: Features | undefined;
  readonly userFeatures?: Features | undefined;
}

/** Most values of all categorical columns of users together, each a feature of the network. */
const USER_VALUES = 96;

/** Fits what reads the metadata of a data set. */
export async function fitReaders(
  data: TrainingData,
  sequences: Sequences,
  { seed, signal }: { readonly seed: number; readonly signal: AbortSignal },
): Promise<MetadataReaders> {
  const taste = await ContentTower.fit(sequences, data.itemAttributes, {
    kinds: data.itemColumnKinds ?? {},
    seed,
    signal,
  });
  const options = { maximumValues: USER_VALUES, text: { dimensions: 0 } };
  const users = await runCooperatively(ContentEncoder.fit(data.userAttributes, options), signal);
  return { taste, users: users.width > 0 ? users : undefined };
}

/** Reads the metadata of a data set. */
export async function readMetadata(
  { taste, users }: MetadataReaders,
  { itemIds, itemAttributes, userIds, userAttributes }: TrainingData,
  signal: AbortSignal,
): Promise<Metadata> {
  let [content, itemFeatures, userFeatures]: [Float32Array?, Features?, Features?] = [];
  if (taste) {
    const count = itemIds.length;
    content = new Float32Array(count * FACTOR_DIMENSIONS);
    for (let item = 0; item < count; item++) {
      const vector = taste.vectorOf((column) => String(itemAttributes[column]?.[item] ?? ""));
      content.set(vector, item * FACTOR_DIMENSIONS);
    }
    itemFeatures = { count, width: FACTOR_DIMENSIONS, values: networkFeatures(taste, content, count) };
  }
  if (users) {
    const rows = await runCooperatively(users.encodeAll(userAttributes, userIds.length), signal);
    userFeatures = { count: userIds.length, width: users.width, values: denseOf(rows, users.width) };
  }
  return { taste, users, content, itemFeatures, userFeatures };
}
