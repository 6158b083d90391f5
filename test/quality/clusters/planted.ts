import { Random } from "@palate/numeric";
import { trainingDataOf, type InteractionRow, type TrainingData } from "@palate/recipe";

/** Interactions of users whose groups are known. */
export interface PlantedClusters {
  readonly data: TrainingData;
  /** Group of each user index. */
  readonly groups: Int32Array;
  /** The kind of items that each group prefers: the value of the column KIND that its label should name. */
  readonly kinds: readonly string[];
}

/** What is planted. */
export interface PlantedOptions {
  readonly users: number;
  readonly items: number;
  /** Share of interactions that have nothing to do with the user's group, 0 to 1. */
  readonly noise: number;
  readonly seed: number;
}

/** Groups of different sizes, as shares of the users. */
const SIZES = [0.3, 0.22, 0.18, 0.14, 0.1, 0.06];
const KINDS = ["angling", "baking", "climbing", "drawing", "evenings", "farming"];
const COLOURS = ["red", "green", "blue", "grey"];
const START = 1_700_000_000;

/** A place in a list, the earlier the likelier: Zipf's law with exponent 0.8, by inversion. */
function skewed(length: number, random: Random): number {
  return Math.floor(length * random.uniform() ** (1 / (1 - 0.8)));
}

/**
 * Groups of users, each preferring items of a kind of its own. Every user has 10 to 40 interactions; those that are not
 * noise are with popular items of the group's kind, noise is with popular items of any kind. Items have the kind as one of
 * the values of KIND, which one in five has another kind in as well, and a COLOUR and a PRICE that mean nothing.
 */
export function plantClusters({ users, items, noise, seed }: PlantedOptions): PlantedClusters {
  const random = new Random(seed);
  const kindOf = Int32Array.from({ length: items }, (_, item) => item % KINDS.length);
  const byKind = KINDS.map((_, kind) => [...kindOf.keys()].filter((item) => kindOf[item] === kind));
  const order = random.shuffle([...kindOf.keys()]);
  const groups = Int32Array.from({ length: users }, () => {
    let left = random.uniform();
    return SIZES.findIndex((size, group) => (left -= size) < 0 || group === SIZES.length - 1);
  });
  const rows: InteractionRow[] = [];
  groups.forEach((group, user) => {
    const length = 10 + random.integer(31);
    for (let step = 0; step < length; step++) {
      const from = random.uniform() < noise ? order : byKind[group]!;
      rows.push({ user: `u${user}`, item: `i${from[skewed(from.length, random)]}`, timestamp: START + 60 * step });
    }
  });
  const kindText = (item: number): string => {
    const own = KINDS[kindOf[item]!]!;
    return random.uniform() < 0.2 ? `${own}|${KINDS[random.integer(KINDS.length)]!}` : own;
  };
  const ids = Array.from(kindOf, (_, item) => `i${item}`);
  const data = trainingDataOf(rows, ids, {
    KIND: ids.map((_, item) => kindText(item)),
    COLOUR: ids.map(() => COLOURS[random.integer(COLOURS.length)]!),
    PRICE: ids.map(() => 1 + random.integer(1000) / 10),
  });
  return { data, groups, kinds: KINDS };
}
