import { PalateError } from "@palate/host";
import type {
  ActionDescriptor,
  ItemDescriptor,
  RankingDescriptor,
  RecipeDescriptor,
  RecipeType,
  SegmentDescriptor,
} from "./descriptor.js";
import type { ActionModel, ItemModel, RankingModel, SegmentModel, ServingModel } from "./model.js";

/** A loaded model and what its recipe is. */
interface Loaded<M extends ServingModel = ServingModel, D extends RecipeDescriptor = RecipeDescriptor> {
  readonly model: M;
  readonly descriptor: D;
}

/** What a model can be asked for, and the loaded model that can be: see {@link loadedFor}. */
export interface Answering {
  readonly items: Loaded<ItemModel, ItemDescriptor>;
  readonly ranking: Loaded<RankingModel, RankingDescriptor>;
  readonly segment: Loaded<SegmentModel, SegmentDescriptor>;
  readonly segments: Loaded<SegmentModel & Required<Pick<SegmentModel, "segments">>, SegmentDescriptor>;
  readonly actions: Loaded<ActionModel, ActionDescriptor>;
  readonly keyphrases: Loaded<ServingModel & Required<Pick<ServingModel, "keyphrases">>>;
}

type Method = "recommend" | "rank" | "segment" | "segments" | "recommendActions" | "keyphrases";

/** The call that asks for it, which recipes it is for, and the method that answers it. */
interface Call {
  readonly name: string;
  readonly answeredBy: string;
  readonly method: Method;
}

const CALLS: Readonly<Record<keyof Answering, Call>> = {
  items: { name: "GetRecommendations", answeredBy: "recommend items", method: "recommend" },
  ranking: {
    name: "GetPersonalizedRanking",
    answeredBy: "rank lists, such as aws-personalized-ranking-v2",
    method: "rank",
  },
  segment: { name: "GetSegment", answeredBy: "find users, such as aws-item-affinity", method: "segment" },
  segments: {
    name: "ListSegments",
    answeredBy: "find segments by themselves, such as palate-user-clustering",
    method: "segments",
  },
  actions: {
    name: "GetActionRecommendations",
    answeredBy: "recommend actions, such as aws-next-best-action",
    method: "recommendActions",
  },
  keyphrases: {
    name: "ListKeyphrases",
    answeredBy: "read texts, such as aws-semantic-similarity and aws-similar-items",
    method: "keyphrases",
  },
};

/** What recipes of each type do, and what they are always asked for. */
const TYPES: Readonly<Record<RecipeType, { readonly does: string; readonly asked: keyof Answering }>> = {
  USER_PERSONALIZATION: { does: "recommends items to a user", asked: "items" },
  POPULAR_ITEMS: { does: "recommends items that are popular", asked: "items" },
  RELATED_ITEMS: { does: "recommends items that go with an item", asked: "items" },
  PERSONALIZED_RANKING: { does: "puts a list of yours in order for a user", asked: "ranking" },
  USER_SEGMENTATION: { does: "finds users", asked: "segment" },
  PERSONALIZED_ACTIONS: { does: "recommends actions to a user", asked: "actions" },
};

/**
 * A loaded model as one that can be asked for something; its type says so from then on.
 * @param loaded the model, and what its recipe is
 * @param asked what it is to be asked for: "items", a "ranking" of a list, a "segment" of users, "segments" that it found by
 *   itself, "actions", or "keyphrases"
 * @throws PalateError `unimplemented` when it cannot be: says what the recipe does, what was asked, and which call is right
 */
export function loadedFor<L extends Loaded, K extends keyof Answering>(loaded: L, asked: K): L & Answering[K] {
  const { name, answeredBy, method } = CALLS[asked];
  const methods: Partial<Record<Method, unknown>> = loaded.model;
  if (methods[method] !== undefined) return loaded as L & Answering[K];
  const { descriptor } = loaded;
  const { does, asked: right } = TYPES[descriptor.type];
  throw new PalateError(
    "unimplemented",
    `${name} is for recipes that ${answeredBy}; ${descriptor.name} ${does}: call ${CALLS[right].name}.`,
  );
}
