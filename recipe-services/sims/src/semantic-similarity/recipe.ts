import type { Hyperparameter, HyperparameterValues, RecipeDescriptor } from "@palate/recipe";
import { embeddingModel } from "../embedding/used-embedding.js";

/** Choices of `aws-semantic-similarity`. */
export interface SemanticOptions {
  readonly dimensions: number;
  /** Text columns used; empty for all that there are. */
  readonly columns: readonly string[];
  /** Name of the operator's embedding model that reads texts; "" for none. */
  readonly embeddingModel: string;
  readonly nameWeight: number;
  readonly popularityInfluence: number;
  readonly freshnessInfluence: number;
  readonly freshnessHalfLifeDays: number;
}

const hyperparameters: readonly Hyperparameter[] = [
  {
    name: "popularity_influence",
    type: "continuous",
    default: 0,
    minimum: 0,
    maximum: 1,
    tunable: true,
    description:
      "What popularity counts beside likeness of text: 0 nothing, 1 as much as a text that is the same. Live: counted " +
      "from the interactions that there are when asked.",
  },
  {
    name: "freshness_influence",
    type: "continuous",
    default: 0,
    minimum: 0,
    maximum: 1,
    tunable: true,
    description:
      "What newness counts beside likeness of text, by CREATION_TIMESTAMP: 0 nothing, 1 as much as a text that is the same.",
  },
  {
    name: "freshness_half_life_days",
    type: "continuous",
    default: 30,
    minimum: 0.01,
    maximum: 3650,
    tunable: false,
    description: "Age in days at which an item is half as new as one of today.",
  },
  {
    name: "text_dimensions",
    type: "integer",
    default: 128,
    minimum: 16,
    maximum: 256,
    tunable: true,
    description: "Length of a text's vector; more tell subjects apart more finely.",
  },
  {
    name: "name_weight",
    type: "continuous",
    default: 2,
    minimum: 0.1,
    maximum: 10,
    tunable: true,
    description: "What the first text column, usually the name, counts beside each of the others.",
  },
  {
    name: "text_columns",
    type: "text",
    default: "",
    form: 'names of columns in capitals with commas between them, or "" for all text columns',
    normalize: (value) => {
      const names = value.split(",").map((name) => name.trim());
      if (names.length === 1 && names[0] === "") return "";
      return names.every((name) => /^[A-Z][A-Z0-9_]*$/.test(name)) ? names.join(",") : undefined;
    },
    tunable: false,
    description:
      "Item columns that are read, the name first, with commas between them. Default: the textual columns of the schema, " +
      "or where it names none those that look like text.",
  },
  embeddingModel,
];

/** What `aws-semantic-similarity` is. */
export const descriptor: RecipeDescriptor = {
  name: "aws-semantic-similarity",
  type: "RELATED_ITEMS",
  description:
    "Items whose names and descriptions are about the same as those of a given item. Needs no interactions: a new item is " +
    "found, and finds others, as soon as it is there. Items without text, and unknown ones, get popular items.",
  hyperparameters,
  requiresUser: false,
  requiresItem: true,
  excludesSeenByDefault: false,
  needsInteractions: false,
  formatVersion: 1,
};

/** The hyperparameters in the model's terms. */
export function semanticOptions(values: HyperparameterValues): SemanticOptions {
  return {
    dimensions: Number(values["text_dimensions"]),
    columns: String(values["text_columns"]).split(",").filter(Boolean),
    embeddingModel: String(values["embedding_model"]),
    nameWeight: Number(values["name_weight"]),
    popularityInfluence: Number(values["popularity_influence"]),
    freshnessInfluence: Number(values["freshness_influence"]),
    freshnessHalfLifeDays: Number(values["freshness_half_life_days"]),
  };
}
