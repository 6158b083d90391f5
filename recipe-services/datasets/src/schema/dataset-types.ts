import { invalidArgument } from "@palate/host";
import { DatasetType } from "@palate/proto/dataset";
import { MILLISECONDS_FROM } from "./unix-time.js";

/** Avro types that a column may have. */
export const COLUMN_TYPES = ["string", "int", "long", "float", "double", "boolean"] as const;

/** One of {@link COLUMN_TYPES}. */
export type ColumnType = (typeof COLUMN_TYPES)[number];

/** A column whose name has a fixed meaning. */
export interface KnownColumn {
  /** Its name. */
  readonly name: string;
  /** Types it may have; the first is the usual one. */
  readonly types: readonly ColumnType[];
  /** Whether the schema must have it; such a column is never empty. */
  readonly required: boolean;
  /** The least and the most it may hold, where numbers are limited. */
  readonly range?: readonly [least: number, most: number];
  /** All values it may hold, in the form in which they are stored; see {@link closedValue}. */
  readonly values?: readonly string[];
}

/** What is particular to one type of dataset. */
export interface DatasetTypeRules {
  /** The type. */
  readonly type: DatasetType;
  /** Amazon's name of the type, which is also the name of the Avro record. */
  readonly label: "Interactions" | "Items" | "Users" | "Actions" | "ActionInteractions";
  /** Columns with a fixed meaning, required ones first. */
  readonly known: readonly KnownColumn[];
  /** Columns that hold ids, for which `idProblem` is the rule. */
  readonly idColumns: readonly string[];
  /** Columns that hold Unix time in seconds. */
  readonly timeColumns: readonly string[];
  /** The first Unix second they may hold: things happen from 1970 on, but may have been created long before. */
  readonly earliestTime: number;
  /** Whether at least one column besides the required ones must be there. */
  readonly needsMetadata: boolean;
}

/** Most characters of a categorical value, Amazon's limit. */
export const MAX_CATEGORICAL_LENGTH = 1000;

const required = (name: string, type: ColumnType): KnownColumn => ({ name, types: [type], required: true });
const optional = (name: string, ...types: ColumnType[]): KnownColumn => ({ name, types, required: false });

const RULES: readonly DatasetTypeRules[] = [
  {
    type: DatasetType.DATASET_TYPE_INTERACTIONS,
    label: "Interactions",
    known: [
      required("USER_ID", "string"),
      required("ITEM_ID", "string"),
      required("TIMESTAMP", "long"),
      optional("EVENT_TYPE", "string"),
      optional("EVENT_VALUE", "float", "double"),
      optional("IMPRESSION", "string"),
      optional("RECOMMENDATION_ID", "string"),
      optional("EVENT_ATTRIBUTION_SOURCE", "string"),
    ],
    idColumns: ["USER_ID", "ITEM_ID"],
    timeColumns: ["TIMESTAMP"],
    earliestTime: 0,
    needsMetadata: false,
  },
  {
    type: DatasetType.DATASET_TYPE_ITEMS,
    label: "Items",
    known: [required("ITEM_ID", "string"), optional("CREATION_TIMESTAMP", "long")],
    idColumns: ["ITEM_ID"],
    timeColumns: ["CREATION_TIMESTAMP"],
    earliestTime: -MILLISECONDS_FROM,
    needsMetadata: true,
  },
  {
    type: DatasetType.DATASET_TYPE_USERS,
    label: "Users",
    known: [required("USER_ID", "string")],
    idColumns: ["USER_ID"],
    timeColumns: [],
    earliestTime: 0,
    needsMetadata: true,
  },
  {
    type: DatasetType.DATASET_TYPE_ACTIONS,
    label: "Actions",
    known: [
      required("ACTION_ID", "string"),
      { ...optional("VALUE", "long", "int", "float", "double"), range: [1, 10] },
      optional("CREATION_TIMESTAMP", "long"),
      optional("ACTION_EXPIRATION_TIMESTAMP", "long"),
      optional("EXPIRATION_TIMESTAMP", "long"),
      { ...optional("REPEAT_FREQUENCY", "long", "int"), range: [0, 30] },
    ],
    idColumns: ["ACTION_ID"],
    timeColumns: ["CREATION_TIMESTAMP", "ACTION_EXPIRATION_TIMESTAMP", "EXPIRATION_TIMESTAMP"],
    earliestTime: -MILLISECONDS_FROM,
    needsMetadata: true,
  },
  {
    type: DatasetType.DATASET_TYPE_ACTION_INTERACTIONS,
    label: "ActionInteractions",
    known: [
      required("USER_ID", "string"),
      required("ACTION_ID", "string"),
      { ...required("EVENT_TYPE", "string"), values: ["TAKEN", "NOT_TAKEN", "VIEWED"] },
      required("TIMESTAMP", "long"),
      optional("RECOMMENDATION_ID", "string"),
      optional("IMPRESSION", "string"),
    ],
    idColumns: ["USER_ID", "ACTION_ID"],
    timeColumns: ["TIMESTAMP"],
    earliestTime: 0,
    needsMetadata: false,
  },
];

/** Types whose rows are events: each has a user or session, a time, and an id that makes its retry harmless. */
export const EVENT_DATASETS: readonly DatasetType[] = [
  DatasetType.DATASET_TYPE_INTERACTIONS,
  DatasetType.DATASET_TYPE_ACTION_INTERACTIONS,
];

/** All dataset types, in the order in which snapshots send them: attributes before interactions. */
export const SNAPSHOT_ORDER: readonly DatasetType[] = [
  DatasetType.DATASET_TYPE_ITEMS,
  DatasetType.DATASET_TYPE_USERS,
  DatasetType.DATASET_TYPE_ACTIONS,
  DatasetType.DATASET_TYPE_INTERACTIONS,
  DatasetType.DATASET_TYPE_ACTION_INTERACTIONS,
];

/** The form in which a value of a closed set is stored: "Not Taken" and "not-taken" are NOT_TAKEN. */
export function closedValue(value: string): string {
  return value.trim().toUpperCase().replace(/[ -]/g, "_");
}

/** SQL for {@link closedValue}. */
export function closedValueSql(expression: string): string {
  return `regexp_replace(upper(trim(${expression})), '[ -]', '_', 'g')`;
}

/** The rules of a dataset type. Throws `invalid_argument` for UNSPECIFIED or an unknown number. */
export function rulesOf(type: DatasetType): DatasetTypeRules {
  const rules = RULES.find((candidate) => candidate.type === type);
  if (rules === undefined) {
    const right = "must be INTERACTIONS, ITEMS, USERS, ACTIONS or ACTION_INTERACTIONS";
    throw invalidArgument(`dataset_type is missing; it ${right}.`, [{ field: "dataset_type", message: right }]);
  }
  return rules;
}

/** The rules of the dataset type with this Avro record name, or undefined. */
export function rulesNamed(label: unknown): DatasetTypeRules | undefined {
  const plain = typeof label === "string" ? label.replace("_", "") : label;
  return RULES.find((candidate) => candidate.label === plain);
}

/** The names of all dataset types, for messages. */
export const TYPE_LABELS: string = RULES.map((rules) => rules.label).join(", ");
