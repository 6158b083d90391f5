import { DatasetType, TimeUnit } from "@palate/proto/dataset";
import type { Layout, Look, PlannedColumn } from "../layout.js";

export const {
  DATASET_TYPE_INTERACTIONS: INTERACTIONS,
  DATASET_TYPE_ITEMS: ITEMS,
  DATASET_TYPE_USERS: USERS,
} = DatasetType;

/** Patterns of values in headerless files. */
export const WHOLE = /^\d+$/;
export const ANY = /^.*$/s;
export const SECONDS = /^\d{9,10}$/;
export const STARS = /^[1-5](\.0)?$/;
export const ISO_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
export const SHA1 = /^[0-9a-f]{40}$/;

/** Numbers that count milliseconds. */
export const MILLISECONDS = { unit: TimeUnit.TIME_UNIT_MILLISECONDS };
/** Numbers that count microseconds. */
export const MICROSECONDS = { unit: TimeUnit.TIME_UNIT_MICROSECONDS };
/** Numbers that count seconds, with a fraction. */
export const FRACTIONAL_SECONDS = { unit: TimeUnit.TIME_UNIT_SECONDS };
/** Times in ISO 8601. */
export const ISO = { formats: ["ISO"] };

/** A column that is taken as it is. */
export const from = (...names: string[]): PlannedColumn => ({ from: names });
/** A column of text with few distinct values, or of lists. */
export const categorical = (...names: string[]): PlannedColumn => ({ from: names, kind: "categorical" });
/** A column of prose. */
export const textual = (...names: string[]): PlannedColumn => ({ from: names, kind: "textual" });
/** A column of text. */
export const text = (...names: string[]): PlannedColumn => ({ from: names, kind: "string" });
/** A column of numbers. */
export const float = (...names: string[]): PlannedColumn => ({ from: names, kind: "float" });
/** A column of whole numbers. */
export const long = (...names: string[]): PlannedColumn => ({ from: names, kind: "long" });
/** A column of true and false. */
export const boolean = (...names: string[]): PlannedColumn => ({ from: names, kind: "boolean" });
/** A column whose value is the same in all rows. */
export const constant = (value: string): PlannedColumn => ({ constant: value });

/** A layout of a published data set. */
export const dataSet = (name: string, looks: Look | readonly Look[], plan: Layout["plan"]): Layout =>
  layout("data set", name, looks, plan);
/** A layout of a vendor's export. */
export const vendor = (name: string, looks: Look | readonly Look[], plan: Layout["plan"]): Layout =>
  layout("vendor", name, looks, plan);

function layout(origin: Layout["origin"], name: string, looks: Look | readonly Look[], plan: Layout["plan"]): Layout {
  return { name, origin, looks: "in" in looks ? [looks] : looks, plan };
}

/** What is said of layouts without times. */
export const NO_TIMES =
  "The data set has no times: all rows get the same one, so nothing that depends on the order of events can be learnt or measured.";
