import {
  finished,
  isSegmentRecipe,
  replicaViewOf,
  segmentSplit,
  type SegmentModel,
  type SegmentRecipe,
} from "@palate/recipe";
import { adjustedRandIndex } from "../clusters/adjusted-rand-index.js";
import { plantClusters, type PlantedClusters } from "../clusters/planted.js";
import type { QualityOptions } from "../run-options.js";
import type { Protocol } from "../protocol.js";
import { stored, train, type Training } from "../train.js";

const USERS = 3_000;
const ITEMS = 600;
const NOISE = [0.3, 0.5, 0.6, 0.7];

/** What was found of one planting. */
interface Found {
  readonly noise: number;
  readonly clusters: number;
  readonly adjustedRandIndex: number;
  /** Share of the planted groups whose kind is the first word of the label of the cluster that most of them are in. */
  readonly labelsRight: number;
  readonly modelBytes: number;
  readonly training: Training;
}

/** The segment of each user, as whoever asks the API sees it; -1 for users in none. */
function membersOf(model: SegmentModel, ids: readonly string[], users: number): Int32Array {
  const members = new Int32Array(users).fill(-1);
  const all = { item: -1, attributes: "", limit: users, excludeOwners: false, timestamp: 0 };
  ids.forEach((segment, place) => {
    for (const user of finished(model.segment({ ...all, segment })).users) members[user] = place;
  });
  return members;
}

/** Share of the groups whose kind begins the label of the segment that holds most of their users. */
function labelsRight({ groups, kinds }: PlantedClusters, members: Int32Array, labels: readonly string[]): number {
  const right = kinds.filter((kind, group) => {
    const sizes = labels.map((_, place) => members.filter((at, user) => at === place && groups[user] === group).length);
    return labels[sizes.indexOf(Math.max(...sizes))]?.split(", ")[0] === kind;
  });
  return right.length / kinds.length;
}

async function find(recipe: SegmentRecipe, noise: number, options: QualityOptions): Promise<Found> {
  const planted = plantClusters({ users: USERS, items: ITEMS, noise, seed: options.seed });
  const learned = { fit: planted.data, held: segmentSplit(planted.data).fit };
  const training = await train(recipe, learned, options, () => {});
  const { artifact, bytes } = stored(recipe, training.published.at(-1)!.artifact);
  const model = recipe.load(artifact, replicaViewOf(planted.data));
  const segments = finished(model.segments!());
  const members = membersOf(
    model,
    segments.map(({ id }) => id),
    USERS,
  );
  const labels = segments.map(({ label }) => label);
  return {
    noise,
    clusters: segments.length,
    adjustedRandIndex: adjustedRandIndex(members, planted.groups),
    labelsRight: labelsRight(planted, members, labels),
    modelBytes: bytes,
    training,
  };
}

/** Groups of users, each preferring items of a kind of its own, with more and more noise. */
export const plantedClusters: Protocol<SegmentRecipe> = {
  name: "planted-clusters",
  description:
    "makes groups of users, each preferring items of a kind of its own, with more and more noise; recipes that find segments by themselves are asked for them",
  needsData: false,
  columns: [
    { name: "adjusted Rand index", key: "adjusted_rand_index" },
    { name: "lowest", key: "lowest_adjusted_rand_index" },
    { name: "labels right", key: "labels_right" },
    ...NOISE.map((noise) => ({ name: `at noise ${noise}`, key: `adjusted_rand_index_at_noise_${noise}` })),
  ],
  fits: (recipe): recipe is SegmentRecipe => isSegmentRecipe(recipe) && recipe.descriptor.segmentsBy === "segment",
  async run(recipe, { options, say }) {
    const found: Found[] = [];
    for (const noise of NOISE) {
      say(`Noise ${noise}.`);
      found.push(await find(recipe, noise, options));
    }
    const mean = (of: (one: Found) => number): number => found.reduce((sum, one) => sum + of(one), 0) / found.length;
    const { published: _models, ...training } = found[0]!.training;
    return {
      ...training,
      trainingSeconds: mean((one) => one.training.trainingSeconds),
      trainingCpuSeconds: mean((one) => one.training.trainingCpuSeconds),
      evaluationSeconds: 0,
      modelBytes: found[0]!.modelBytes,
      data: `planted: 6 groups among ${USERS} users with 10 to 40 interactions each and ${ITEMS} items`,
      asked: `noise, the share of interactions that have nothing to do with the group: ${NOISE.join(", ")}`,
      cases: found.length,
      metrics: {
        adjusted_rand_index: mean((one) => one.adjustedRandIndex),
        lowest_adjusted_rand_index: Math.min(...found.map((one) => one.adjustedRandIndex)),
        labels_right: mean((one) => one.labelsRight),
        ...Object.fromEntries(found.map((one) => [`adjusted_rand_index_at_noise_${one.noise}`, one.adjustedRandIndex])),
      },
      references: { chance: { adjusted_rand_index: 0, lowest_adjusted_rand_index: 0 } },
      curve: [],
      remarks: [`clusters found: ${found.map(({ clusters }) => clusters).join(", ")} of 6`],
    };
  },
};
