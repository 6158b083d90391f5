import type { DatasetType } from "../operations/datasets.js";
import type { RecipeType } from "../operations/solutions.js";

/** A solution that is worth trying, with a campaign of its name. */
export interface PlannedTraining {
  readonly name: string;
  readonly recipe: string;
  readonly type: RecipeType;
  readonly hyperparameters: Readonly<Record<string, unknown>>;
  /** Whether it can wait until the others answer, so that they have the processor to themselves. */
  readonly later: boolean;
}

/** Seconds of training after which the first good answer has long been there. */
const SECONDS = 10;

/**
 * What to train on data of these types, the quickest first: popular items, items for each user, and items like an item.
 * @param recipes that there are
 */
export function planTrainings(types: ReadonlySet<DatasetType>, recipes: ReadonlySet<string>): PlannedTraining[] {
  const plans: PlannedTraining[] = [];
  const add = (name: string, type: RecipeType, wanted: readonly string[], more = {}): void => {
    const recipe = wanted.find((each) => recipes.has(each));
    if (recipe !== undefined) plans.push({ name, recipe, type, hyperparameters: {}, later: false, ...more });
  };
  if (types.has("INTERACTIONS")) {
    add("popular", "POPULAR_ITEMS", ["aws-popularity-count"]);
    add("for-you", "USER_PERSONALIZATION", ["aws-user-personalization-v2"], {
      hyperparameters: { training_seconds: SECONDS },
    });
    add("similar", "RELATED_ITEMS", ["aws-sims"], { later: true });
  } else if (types.has("ITEMS")) {
    add("similar", "RELATED_ITEMS", ["aws-semantic-similarity", "aws-similar-items"]);
  }
  return plans;
}
