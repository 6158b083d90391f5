import type { AttributeColumn, TrainingData } from "@palate/recipe";
import { CodedColumn, columnCode, type ColumnCode } from "./columns.js";

/** Which values become features: decided once, from the training data, and stored with the model as JSON. */
export interface FeatureSpace {
  readonly userColumns: readonly ColumnCode[];
  readonly itemColumns: readonly ColumnCode[];
  readonly actionColumns: readonly ColumnCode[];
  /** Items that have a feature each: the most frequent. */
  readonly items: readonly string[];
  /** All actions of the training data. */
  readonly actions: readonly string[];
}

/** Most items that have a feature of their own. */
const MAX_ITEMS = 500;

/** Rows that a value of a user or item column needs for a feature of its own. */
const MIN_ROWS = 3;

/** Action columns that are rules, not properties. */
const RULES = ["ACTION_EXPIRATION_TIMESTAMP", "EXPIRATION_TIMESTAMP", "CREATION_TIMESTAMP", "REPEAT_FREQUENCY"];

function codesOf(attributes: Readonly<Record<string, AttributeColumn>>, minRows: number): ColumnCode[] {
  return Object.entries(attributes).flatMap(([name, column]) => columnCode(name, column, minRows) ?? []);
}

function mostFrequentItems({ items, itemIds }: TrainingData): string[] {
  const counts = new Int32Array(itemIds.length);
  for (const item of items) counts[item]!++;
  const order = [...counts.keys()].filter((item) => counts[item]! >= MIN_ROWS);
  order.sort((a, b) => counts[b]! - counts[a]! || a - b);
  return order.slice(0, MAX_ITEMS).map((item) => itemIds[item]!);
}

/** The feature space of training data: columns with their values, frequent items, actions. */
export function featureSpaceOf(data: TrainingData): FeatureSpace {
  const { actions, itemColumnKinds, itemAttributes } = data;
  const ofItems = Object.entries(itemAttributes).filter(([name]) => itemColumnKinds?.[name] !== "text");
  const ofActions = Object.entries(actions?.attributes ?? {}).filter(([name]) => !RULES.includes(name));
  return {
    userColumns: codesOf(data.userAttributes, MIN_ROWS),
    itemColumns: codesOf(Object.fromEntries(ofItems), MIN_ROWS),
    actionColumns: codesOf(Object.fromEntries(ofActions), 1),
    items: mostFrequentItems(data),
    actions: [...(actions?.actionIds ?? [])],
  };
}

/** Where each kind of feature begins. */
export interface FeatureLayout {
  /** Three hours of the day (UTC), then days of the week. */
  readonly clock: number;
  readonly historyLength: number;
  readonly historyAge: number;
  readonly userColumns: readonly CodedColumn[];
  readonly items: number;
  readonly itemColumns: readonly CodedColumn[];
  /** One number: how much more readily than predicted the user takes actions. */
  readonly readiness: number;
  readonly occasions: number;
  /** By action: how often the user took it, and how often not, scaled by the number of occasions. */
  readonly taken: number;
  readonly declined: number;
  /** Of the user and the candidate action. */
  readonly pairOccasions: number;
  readonly pairSinceTaken: number;
  readonly pairAge: number;
  readonly pairTaken: number;
  readonly pairTakenAge: number;
  readonly pairOutcome: number;
  /** One number: how much more readily than predicted the user takes this action. */
  readonly pairReadiness: number;
  /** One feature that every action has: a bias. */
  readonly anyAction: number;
  readonly actions: number;
  readonly actionColumns: readonly CodedColumn[];
  /** How many features there are. */
  readonly size: number;
}

/** Number of features (bins) of a count (0, 1, 2, 3 to 4, 5 to 8, …) and of an age. */
const COUNTS = 11;
const AGES = 9;

/** Bin of a count. */
export function countFeature(count: number): number {
  return count < 3 ? count : Math.min(COUNTS - 1, 2 + Math.ceil(Math.log2(count / 2)));
}

const AGE_BOUNDS = [3_600, 86_400, 3 * 86_400, 7 * 86_400, 14 * 86_400, 30 * 86_400, 90 * 86_400];

/** Bin of an age in seconds; Infinity is "never". */
export function ageFeature(seconds: number): number {
  if (seconds === Infinity) return AGES - 1;
  let feature = 0;
  while (feature < AGE_BOUNDS.length && seconds >= AGE_BOUNDS[feature]!) feature++;
  return feature;
}

/** Lays the features out one after the other. */
export function layoutOf(space: FeatureSpace): FeatureLayout {
  let size = 0;
  const block = (length: number): number => (size += length) - length;
  const columns = (codes: readonly ColumnCode[]): CodedColumn[] =>
    codes.map((code) => {
      const column = new CodedColumn(code, size);
      block(column.size);
      return column;
    });
  const actionCount = space.actions.length;
  const layout = {
    clock: block(15),
    historyLength: block(COUNTS),
    historyAge: block(AGES),
    userColumns: columns(space.userColumns),
    items: block(space.items.length),
    itemColumns: columns(space.itemColumns),
    readiness: block(1),
    occasions: block(COUNTS),
    taken: block(actionCount),
    declined: block(actionCount),
    pairOccasions: block(COUNTS),
    pairSinceTaken: block(COUNTS),
    pairAge: block(AGES),
    pairTaken: block(COUNTS),
    pairTakenAge: block(AGES),
    pairOutcome: block(4),
    pairReadiness: block(1),
    anyAction: block(1),
    actions: block(actionCount),
    actionColumns: columns(space.actionColumns),
  };
  return { ...layout, size };
}
