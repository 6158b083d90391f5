import type { Hyperparameter, HyperparameterValues, ItemDescriptor } from "@palate/recipe";
import { embeddingModel } from "../embedding/used-embedding.js";

/** Hyperparameters of `aws-semantic-similarity` in the model's terms. */
export interface SemanticOptions {
  readonly dimensions: number;
  /** Text columns used; empty for all. */
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
      "Weight of popularity relative to the similarity of texts: 0 ignores it, 1 gives the most popular item as much as an " +
      "identical text. Live: counted from the interactions at the time of the request.",
  },
  {
    name: "freshness_influence",
    type: "continuous",
    default: 0,
    minimum: 0,
    maximum: 1,
    tunable: true,
    description:
      "Weight of freshness, by CREATION_TIMESTAMP, relative to the similarity of texts: 0 ignores it, 1 gives an item of " +
      "today as much as an identical text.",
  },
  {
    name: "freshness_half_life_days",
    type: "continuous",
    default: 30,
    minimum: 0.01,
    maximum: 3650,
    tunable: false,
    description: "Age in days at which an item's freshness is half that of an item of today.",
  },
  {
    name: "text_dimensions",
    type: "integer",
    default: 128,
    minimum: 16,
    maximum: 256,
    tunable: true,
    description: "Dimensions of a text's embedding; more distinguish subjects more finely.",
  },
  {
    name: "name_weight",
    type: "continuous",
    default: 2,
    minimum: 0.1,
    maximum: 10,
    tunable: true,
    description: "Weight of the first text column, usually the name, relative to each of the others.",
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
      "Item columns to read, the name first, separated by commas. Default: the textual columns of the schema, " +
      "or, where it has none, the columns that look like text.",
  },
  embeddingModel,
];

/** What `aws-semantic-similarity` is. */
export const descriptor: ItemDescriptor = {
  name: "aws-semantic-similarity",
  type: "RELATED_ITEMS",
  description:
    "Items whose names and descriptions are similar in content to those of a given item. Needs no interactions: a new item " +
    "is recommended, and has similar items, as soon as it is put. Items without text, and unknown ones, get popular items.",
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
