import * as dataset from "@palate/proto/dataset";
import type { DataAnalysis as DataAnalysisMessage } from "@palate/proto/dataset";
import { Field, Float, ObjectType, registerEnumType } from "type-graphql";
import { importReportPath } from "../../public-paths.js";
import { DateTime, SafeInt } from "../common/scalars.js";
import { DatasetType } from "../dataset/types.js";

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

/** One thing that was found, in plain words. */
@ObjectType({ simpleResolvers: true, description: "One thing that was found, in plain words." })
export class Finding {
  /** How urgent it is. */
  @Field(() => FindingSeverity, { description: "How urgent it is." })
  severity!: number;

  /** The column it is about. */
  @Field(() => String, { description: "The column it is about; empty when it is about the rows as a whole." })
  column!: string;

  /** What was found. */
  @Field(() => String, { description: "What was found, with its figures." })
  message!: string;

  /** What to do about it. */
  @Field(() => String, { description: "What to do about it." })
  suggestion!: string;
}

/** A value and how often it occurs. */
@ObjectType({ simpleResolvers: true, description: "A value and how often it occurs." })
export class ValueCount {
  /** The value as text. */
  @Field(() => String, {
    description: 'The value as text; of a column with "|", one of the values joined by it. At most 200 characters.',
  })
  value!: string;

  /** Rows that hold it. */
  @Field(() => SafeInt, { description: "Rows that hold it." })
  count!: number;
}

/** How many values lie in one range. */
@ObjectType({ simpleResolvers: true, description: "How many values lie in one range." })
export class HistogramBin {
  /** Lower bound. */
  @Field(() => Float, { description: "Lower bound, which belongs to the range." })
  from!: number;

  /** Upper bound. */
  @Field(() => Float, { description: "Upper bound, which belongs to the last range only." })
  to!: number;

  /** Values in it. */
  @Field(() => SafeInt, { description: "Values in it." })
  count!: number;
}

/** Figures about the numbers of a column, or about counts. */
@ObjectType({ simpleResolvers: true, description: "Figures about the numbers of a column, or about counts." })
export class NumberSummary {
  /** The smallest. */
  @Field(() => Float, { description: "The smallest." })
  min!: number;

  /** The largest. */
  @Field(() => Float, { description: "The largest." })
  max!: number;

  /** The mean. */
  @Field(() => Float, { description: "The mean." })
  mean!: number;

  /** The standard deviation. */
  @Field(() => Float, { description: "The standard deviation." })
  deviation!: number;

  /** Quantiles at 0.01. */
  @Field(() => [Float], { description: "Quantiles at 0.01, 0.05, 0.25, 0.5, 0.75, 0.95 and 0.99; estimated." })
  quantiles!: number[];

  /** Values farther than three interquartile ranges outside the quartiles. */
  @Field(() => SafeInt, { description: "Values farther than three interquartile ranges outside the quartiles." })
  outliers!: number;

  /** Up to 20 ranges of equal width between the 0.5 % and 99.5 % quantiles. */
  @Field(() => [HistogramBin], {
    description:
      "Up to 20 ranges of equal width between the 0.5 % and 99.5 % quantiles; what lies outside is counted in the ranges at the ends.",
  })
  histogram!: HistogramBin[];
}

/** How the values of a column have moved since the last import. */
@ObjectType({ simpleResolvers: true, description: "How the values of a column have moved since the last import." })
export class ColumnDrift {
  /** Population stability index. */
  @Field(() => Float, {
    description:
      "Population stability index: below 0.1 nothing to speak of, above 0.25 a change that calls for a look.",
  })
  stabilityIndex!: number;

  /** Share of missing values in the last import. */
  @Field(() => Float, { description: "Share of missing values in the last import." })
  missingBefore!: number;
}

/** What one column holds. */
@ObjectType({ simpleResolvers: true, description: "What one column holds." })
export class ColumnAnalysis {
  /** The column's name. */
  @Field(() => String, { description: "The column's name." })
  name!: string;

  /** Its type in the schema. */
  @Field(() => String, { description: "Its type in the schema." })
  type!: string;

  /** Whether the schema calls it categorical. */
  @Field(() => Boolean, { description: "Whether the schema calls it categorical." })
  categorical!: boolean;

  /** Whether the schema calls it textual. */
  @Field(() => Boolean, { description: "Whether the schema calls it textual." })
  textual!: boolean;

  /** Rows with a value. */
  @Field(() => SafeInt, { description: "Rows with a value." })
  filled!: number;

  /** Rows without one. */
  @Field(() => SafeInt, { description: "Rows without one." })
  missing!: number;

  /** Distinct values. */
  @Field(() => SafeInt, {
    description: "Distinct values; of more than a million rows an estimate, which may be a tenth off.",
  })
  distinct!: number;

  /** The commonest values. */
  @Field(() => [ValueCount], { description: "The commonest values, at most 20; not for ids and long text." })
  topValues!: ValueCount[];

  /** Of numbers and times. */
  @Field(() => NumberSummary, { nullable: true, description: "Of numbers and times." })
  numbers!: NumberSummary | null;

  /** Of the lengths of text in characters. */
  @Field(() => NumberSummary, { nullable: true, description: "Of the lengths of text in characters." })
  lengths!: NumberSummary | null;

  /** Since the last import. */
  @Field(() => ColumnDrift, {
    nullable: true,
    description: "Since the last import; absent when there was none with this column.",
  })
  drift!: ColumnDrift | null;
}

/** What interactions say. */
@ObjectType({ simpleResolvers: true, description: "What interactions say." })
export class InteractionsAnalysis {
  /** Users. */
  @Field(() => SafeInt, { description: "Users." })
  users!: number;

  /** Items. */
  @Field(() => SafeInt, { description: "Items." })
  items!: number;

  /** Users with a single interaction. */
  @Field(() => SafeInt, { description: "Users with a single interaction." })
  usersWithOne!: number;

  /** Items with fewer than five interactions. */
  @Field(() => SafeInt, { description: "Items with fewer than five interactions." })
  itemsWithFew!: number;

  /** Interactions of a user. */
  @Field(() => NumberSummary, { nullable: true, description: "Interactions of a user." })
  perUser!: NumberSummary | null;

  /** Interactions of an item. */
  @Field(() => NumberSummary, { nullable: true, description: "Interactions of an item." })
  perItem!: NumberSummary | null;

  /** Share of all interactions that the most popular hundredth of the items has. */
  @Field(() => Float, { description: "Share of all interactions that the most popular hundredth of the items has." })
  topItemsShare!: number;

  /** Share of the pairs of user and item that have an interaction. */
  @Field(() => Float, { description: "Share of the pairs of user and item that have an interaction." })
  density!: number;

  /** The first interaction in Unix seconds. */
  @Field(() => SafeInt, { description: "The first interaction in Unix seconds." })
  firstSeconds!: number;

  /** The last interaction in Unix seconds. */
  @Field(() => SafeInt, { description: "The last interaction in Unix seconds." })
  lastSeconds!: number;

  /** Interactions over time. */
  @Field(() => [HistogramBin], {
    description:
      "Interactions over time: up to 60 ranges of equal length, in Unix seconds; the last has what lies in the future too.",
  })
  overTime!: HistogramBin[];

  /** Interactions later than now. */
  @Field(() => SafeInt, { description: "Interactions later than now." })
  inFuture!: number;

  /** Users all of whose interactions (two or more) have the same time. */
  @Field(() => SafeInt, {
    description: "Users all of whose interactions (two or more) have the same time, so that their order is unknown.",
  })
  usersWithOneTime!: number;

  /** Event types by count. */
  @Field(() => [ValueCount], { description: "Event types by count, at most 20." })
  eventTypes!: ValueCount[];

  /** Interactions whose item the Items dataset does not have. */
  @Field(() => SafeInt, {
    nullable: true,
    description: "Interactions whose item the Items dataset does not have; absent when there is no Items dataset.",
  })
  unknownItems!: number | null;

  /** Interactions whose user the Users dataset does not have. */
  @Field(() => SafeInt, {
    nullable: true,
    description: "Interactions whose user the Users dataset does not have; absent when there is no Users dataset.",
  })
  unknownUsers!: number | null;

  /** Interactions with an impression. */
  @Field(() => SafeInt, { description: "Interactions with an impression." })
  withImpression!: number;
}

/** What the rows of one import say. */
@ObjectType({ simpleResolvers: true, description: "What the rows of one import say." })
export class DataAnalysis {
  /** The dataset group's name. */
  @Field(() => String, { description: "The dataset group's name." })
  datasetGroup!: string;

  /** The import job's name. */
  @Field(() => String, { description: "The import job's name." })
  jobName!: string;

  /** The dataset. */
  @Field(() => DatasetType, { description: "The dataset." })
  datasetType!: number;

  /** Rows imported. */
  @Field(() => SafeInt, { description: "Rows imported." })
  rows!: number;

  /** Rows that repeat an earlier one in every column. */
  @Field(() => SafeInt, { description: "Rows that repeat an earlier one in every column." })
  duplicateRows!: number;

  /** Rows whose id an earlier row of the import has too. */
  @Field(() => SafeInt, { description: "Rows whose id an earlier row of the import has too; 0 for interactions." })
  repeatedIds!: number;

  /** Each column in schema order. */
  @Field(() => [ColumnAnalysis], { description: "Each column in schema order." })
  columns!: ColumnAnalysis[];

  /** For interactions. */
  @Field(() => InteractionsAnalysis, { nullable: true, description: "For interactions." })
  interactions!: InteractionsAnalysis | null;

  /** The import job that drift is measured against. */
  @Field(() => String, {
    nullable: true,
    description: "The import job that drift is measured against; null when there was none.",
  })
  comparedWith!: string | null;

  /** Rows of that import. */
  @Field(() => SafeInt, { description: "Rows of that import." })
  rowsBefore!: number;

  /** What was found. */
  @Field(() => [Finding], { description: "What was found, the most urgent first." })
  findings!: Finding[];

  /** When it was made. */
  @Field(() => DateTime, { description: "When it was made." })
  createdAt!: number;

  /** Where its page is. */
  @Field(() => String, {
    description:
      "Where this gateway serves the same as a page, as one HTML file that can be stored and opened without a network.",
  })
  get reportUrl(): string {
    return importReportPath(this.datasetGroup, this.jobName);
  }

  /** From the proto's message. */
  static from({ createdAtMs, ...message }: DataAnalysisMessage): DataAnalysis {
    const nulls = { interactions: message.interactions ?? null, comparedWith: message.comparedWith || null };
    return Object.assign(new DataAnalysis(), message, nulls, { createdAt: createdAtMs });
  }
}
