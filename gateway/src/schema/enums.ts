import * as dataset from "@palate/proto/dataset";
import * as recipe from "@palate/proto/recipe";
import { registerEnumType } from "type-graphql";

// Inside, every value is the proto's number: nothing has to be translated on the way in or out.

/** What a dataset holds. */
export const DatasetType = {
  INTERACTIONS: dataset.DatasetType.DATASET_TYPE_INTERACTIONS,
  ITEMS: dataset.DatasetType.DATASET_TYPE_ITEMS,
  USERS: dataset.DatasetType.DATASET_TYPE_USERS,
  ACTIONS: dataset.DatasetType.DATASET_TYPE_ACTIONS,
  ACTION_INTERACTIONS: dataset.DatasetType.DATASET_TYPE_ACTION_INTERACTIONS,
} as const;
registerEnumType(DatasetType, {
  name: "DatasetType",
  description: "What a dataset holds; a dataset group has at most one dataset of each type.",
  valuesConfig: {
    INTERACTIONS: { description: "Who did what with which item, when." },
    ITEMS: { description: "Items and their attributes." },
    USERS: { description: "Users and their attributes." },
    ACTIONS: { description: "Actions that may be recommended, and their attributes." },
    ACTION_INTERACTIONS: { description: "Who took, viewed or refused which action, when." },
  },
});

/** What a user can do about an action. */
export const ActionEventType = { TAKEN: "TAKEN", NOT_TAKEN: "NOT_TAKEN", VIEWED: "VIEWED" } as const;
registerEnumType(ActionEventType, {
  name: "ActionEventType",
  description: "What a user can do about an action.",
  valuesConfig: {
    TAKEN: { description: "They took it." },
    NOT_TAKEN: { description: "They refused it, or let it pass." },
    VIEWED: { description: "They saw it." },
  },
});

/** How an import treats what was imported before. */
export const ImportMode = {
  FULL: dataset.ImportMode.IMPORT_MODE_FULL,
  INCREMENTAL: dataset.ImportMode.IMPORT_MODE_INCREMENTAL,
} as const;
registerEnumType(ImportMode, {
  name: "ImportMode",
  description: "How an import treats what was imported before.",
  valuesConfig: {
    FULL: { description: "Replaces it. Records that were streamed stay." },
    INCREMENTAL: { description: "Adds to it; items and users replace rows with the same id." },
  },
});

/** Which rows an export has. */
export const IngestionMode = {
  BULK: dataset.IngestionMode.INGESTION_MODE_BULK,
  PUT: dataset.IngestionMode.INGESTION_MODE_PUT,
  ALL: dataset.IngestionMode.INGESTION_MODE_ALL,
} as const;
registerEnumType(IngestionMode, {
  name: "IngestionMode",
  description: "Which rows an export has, by the way they came.",
  valuesConfig: {
    BULK: { description: "Those that were imported." },
    PUT: { description: "Those that were streamed." },
    ALL: { description: "All." },
  },
});

/** How an export's file is written. */
export const ExportFormat = {
  CSV: dataset.ExportFormat.EXPORT_FORMAT_CSV,
  JSON_LINES: dataset.ExportFormat.EXPORT_FORMAT_JSON_LINES,
  PARQUET: dataset.ExportFormat.EXPORT_FORMAT_PARQUET,
} as const;
registerEnumType(ExportFormat, {
  name: "ExportFormat",
  description: "How an export's file is written.",
  valuesConfig: {
    CSV: { description: "Comma-separated values with a header, as imports take them." },
    JSON_LINES: { description: "One JSON object a line." },
    PARQUET: { description: "Parquet." },
  },
});

/** What a deletion deletes. */
export const DeletionKind = {
  USERS: dataset.DeletionKind.DELETION_KIND_USERS,
  ITEMS: dataset.DeletionKind.DELETION_KIND_ITEMS,
} as const;
registerEnumType(DeletionKind, {
  name: "DeletionKind",
  description: "What a deletion deletes.",
  valuesConfig: {
    USERS: { description: "Users: their attributes and all that they did, in anonymous sessions too." },
    ITEMS: { description: "Items: their attributes, interactions with them, and their mention in impressions." },
  },
});

/** What a recipe produces and how it is asked. */
export const RecipeType = {
  USER_PERSONALIZATION: recipe.RecipeType.RECIPE_TYPE_USER_PERSONALIZATION,
  POPULAR_ITEMS: recipe.RecipeType.RECIPE_TYPE_POPULAR_ITEMS,
  RELATED_ITEMS: recipe.RecipeType.RECIPE_TYPE_RELATED_ITEMS,
  PERSONALIZED_RANKING: recipe.RecipeType.RECIPE_TYPE_PERSONALIZED_RANKING,
  PERSONALIZED_ACTIONS: recipe.RecipeType.RECIPE_TYPE_PERSONALIZED_ACTIONS,
  USER_SEGMENTATION: recipe.RecipeType.RECIPE_TYPE_USER_SEGMENTATION,
} as const;
registerEnumType(RecipeType, {
  name: "RecipeType",
  description: "What a recipe produces and how it is asked; the names are Amazon Personalize's.",
  valuesConfig: {
    USER_PERSONALIZATION: { description: "Items for a user: recommendations with userId." },
    POPULAR_ITEMS: { description: "The same items for everybody: recommendations without userId and itemId." },
    RELATED_ITEMS: { description: "Items like an item: recommendations with itemId." },
    PERSONALIZED_RANKING: { description: "A list of items in the order a user would like." },
    PERSONALIZED_ACTIONS: { description: "Actions for a user: actionRecommendations." },
    USER_SEGMENTATION: { description: "Users with affinity to an item or attribute." },
  },
});

/** Where promoted items stand. */
export const PromotionPlacement = {
  RANDOM: recipe.PromotionPlacement.PROMOTION_PLACEMENT_RANDOM,
  TOP: recipe.PromotionPlacement.PROMOTION_PLACEMENT_TOP,
  BOTTOM: recipe.PromotionPlacement.PROMOTION_PLACEMENT_BOTTOM,
  EVEN: recipe.PromotionPlacement.PROMOTION_PLACEMENT_EVEN,
} as const;
registerEnumType(PromotionPlacement, {
  name: "PromotionPlacement",
  description: "Where promoted items stand among the others of a page.",
  valuesConfig: {
    RANDOM: { description: "At random places, the same for a user until something new is known of them." },
    TOP: { description: "First." },
    BOTTOM: { description: "Last." },
    EVEN: { description: "Spread over the page evenly." },
  },
});

/** Type of a hyperparameter's value. */
export const HyperparameterType = {
  INTEGER: recipe.HyperparameterType.HYPERPARAMETER_TYPE_INTEGER,
  CONTINUOUS: recipe.HyperparameterType.HYPERPARAMETER_TYPE_CONTINUOUS,
  CATEGORICAL: recipe.HyperparameterType.HYPERPARAMETER_TYPE_CATEGORICAL,
  BOOLEAN: recipe.HyperparameterType.HYPERPARAMETER_TYPE_BOOLEAN,
  TEXT: recipe.HyperparameterType.HYPERPARAMETER_TYPE_TEXT,
} as const;
registerEnumType(HyperparameterType, {
  name: "HyperparameterType",
  description: "Type of a hyperparameter's value.",
  valuesConfig: {
    INTEGER: { description: "A whole number." },
    CONTINUOUS: { description: "A number." },
    CATEGORICAL: { description: "One of the choices." },
    BOOLEAN: { description: "true or false." },
    TEXT: { description: "A text of a form that the description gives." },
  },
});

/** Whether items the user has interacted with may be recommended. */
export const SeenItems = {
  EXCLUDE: recipe.SeenItems.SEEN_ITEMS_EXCLUDE,
  INCLUDE: recipe.SeenItems.SEEN_ITEMS_INCLUDE,
} as const;
registerEnumType(SeenItems, {
  name: "SeenItems",
  description: "Whether items the user has interacted with may be recommended.",
  valuesConfig: {
    EXCLUDE: { description: "Leave them out." },
    INCLUDE: { description: "Treat them as any other." },
  },
});

/** Why an item is in an answer. */
export const Reason = {
  POPULAR: recipe.Reason.REASON_POPULAR,
  EXPLORATION: recipe.Reason.REASON_EXPLORATION,
  PROMOTED: recipe.Reason.REASON_PROMOTED,
} as const;
registerEnumType(Reason, {
  name: "Reason",
  description: "Why an item is in an answer, when the model did not put it there for its score.",
  valuesConfig: {
    POPULAR: { description: "It is popular, put there because the model had too little to go on." },
    EXPLORATION: { description: "It is shown to learn about it." },
    PROMOTED: { description: "A promotion put it there." },
  },
});

/** What an import job is doing. */
export const ImportPhase = {
  WAITING: dataset.ImportPhase.IMPORT_PHASE_WAITING,
  READING: dataset.ImportPhase.IMPORT_PHASE_READING,
  ANALYSING: dataset.ImportPhase.IMPORT_PHASE_ANALYSING,
  STORING: dataset.ImportPhase.IMPORT_PHASE_STORING,
  DONE: dataset.ImportPhase.IMPORT_PHASE_DONE,
} as const;
registerEnumType(ImportPhase, {
  name: "ImportPhase",
  description: "What an import job is doing.",
  valuesConfig: {
    WAITING: { description: "Waiting for the jobs before it." },
    READING: { description: "Reading, checking and converting the files." },
    ANALYSING: { description: "Looking at what the rows say." },
    STORING: { description: "Storing the rows and making them part of the dataset." },
    DONE: { description: "Over, well or not." },
  },
});

/** How urgent a finding is. */
export const FindingSeverity = {
  INFO: dataset.FindingSeverity.FINDING_SEVERITY_INFO,
  WARNING: dataset.FindingSeverity.FINDING_SEVERITY_WARNING,
  CRITICAL: dataset.FindingSeverity.FINDING_SEVERITY_CRITICAL,
} as const;
registerEnumType(FindingSeverity, {
  name: "FindingSeverity",
  description: "How urgent a finding about data is.",
  valuesConfig: {
    INFO: { description: "Good to know." },
    WARNING: { description: "Recommendations would be better without it." },
    CRITICAL: { description: "Recommendations will be poor, or training will fail." },
  },
});

/** A proto enum's number, or null when it is the unspecified one. */
export function enumOrNull(value: number): number | null {
  return value > 0 ? value : null;
}
