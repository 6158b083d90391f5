import * as dataset from "@palate/proto/dataset";
import type { DataAnalysis as DataAnalysisMessage } from "@palate/proto/dataset";
import { Field, Float, ObjectType, registerEnumType } from "type-graphql";
import { importReportPath } from "../../public-paths.js";
import { DateTime, SafeInt } from "../common/scalars.js";
import { DatasetType } from "../dataset/types.js";

const FindingSeverity = {
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

@ObjectType({ simpleResolvers: true, description: "One thing that was found, in plain words." })
export class Finding {
  @Field(() => FindingSeverity, { description: "How urgent it is." })
  severity!: number;

  @Field(() => String, { description: "The column it is about; empty when it is about the rows as a whole." })
  column!: string;

  @Field(() => String, { description: "What was found, with its figures." })
  message!: string;

  @Field(() => String, { description: "What to do about it." })
  suggestion!: string;
}

@ObjectType({ simpleResolvers: true, description: "A value and how often it occurs." })
export class ValueCount {
  @Field(() => String, {
    description: 'The value as text; of a column with "|", one of the values joined by it. At most 200 characters.',
  })
  value!: string;

  @Field(() => SafeInt, { description: "Rows that hold it." })
  count!: number;
}

@ObjectType({ simpleResolvers: true, description: "How many values lie in one range." })
export class HistogramBin {
  @Field(() => Float, { description: "Lower bound, which belongs to the range." })
  from!: number;

  @Field(() => Float, { description: "Upper bound, which belongs to the last range only." })
  to!: number;

  @Field(() => SafeInt, { description: "Values in it." })
  count!: number;
}

@ObjectType({ simpleResolvers: true, description: "Figures about the numbers of a column, or about counts." })
export class NumberSummary {
  @Field(() => Float, { description: "The smallest." })
  min!: number;

  @Field(() => Float, { description: "The largest." })
  max!: number;

  @Field(() => Float, { description: "The mean." })
  mean!: number;

  @Field(() => Float, { description: "The standard deviation." })
  deviation!: number;

  @Field(() => [Float], { description: "Quantiles at 0.01, 0.05, 0.25, 0.5, 0.75, 0.95 and 0.99; estimated." })
  quantiles!: number[];

  @Field(() => SafeInt, { description: "Values farther than three interquartile ranges outside the quartiles." })
  outliers!: number;

  @Field(() => [HistogramBin], {
    description:
      "Up to 20 ranges of equal width between the 0.5 % and 99.5 % quantiles; what lies outside is counted in the ranges at the ends.",
  })
  histogram!: HistogramBin[];
}

@ObjectType({ simpleResolvers: true, description: "How the values of a column have moved since the last import." })
export class ColumnDrift {
  @Field(() => Float, {
    description:
      "Population stability index: below 0.1 nothing to speak of, above 0.25 a change that calls for a look.",
  })
  stabilityIndex!: number;

  @Field(() => Float, { description: "Share of missing values in the last import." })
  missingBefore!: number;
}

@ObjectType({ simpleResolvers: true, description: "What one column holds." })
export class ColumnAnalysis {
  @Field(() => String, { description: "The column's name." })
  name!: string;

  @Field(() => String, { description: "Its type in the schema." })
  type!: string;

  @Field(() => Boolean, { description: "Whether the schema calls it categorical." })
  categorical!: boolean;

  @Field(() => Boolean, { description: "Whether the schema calls it textual." })
  textual!: boolean;

  @Field(() => SafeInt, { description: "Rows with a value." })
  filled!: number;

  @Field(() => SafeInt, { description: "Rows without one." })
  missing!: number;

  @Field(() => SafeInt, {
    description: "Distinct values; of more than a million rows an estimate, which may be a tenth off.",
  })
  distinct!: number;

  @Field(() => [ValueCount], { description: "The commonest values, at most 20; not for ids and long text." })
  topValues!: ValueCount[];

  @Field(() => NumberSummary, { nullable: true, description: "Of numbers and times." })
  numbers!: NumberSummary | null;

  @Field(() => NumberSummary, { nullable: true, description: "Of the lengths of text in characters." })
  lengths!: NumberSummary | null;

  @Field(() => ColumnDrift, {
    nullable: true,
    description: "Since the last import; absent when there was none with this column.",
  })
  drift!: ColumnDrift | null;
}

@ObjectType({ simpleResolvers: true, description: "What interactions say." })
export class InteractionsAnalysis {
  @Field(() => SafeInt, { description: "Users." })
  users!: number;

  @Field(() => SafeInt, { description: "Items." })
  items!: number;

  @Field(() => SafeInt, { description: "Users with a single interaction." })
  usersWithOne!: number;

  @Field(() => SafeInt, { description: "Items with fewer than five interactions." })
  itemsWithFew!: number;

  @Field(() => NumberSummary, { nullable: true, description: "Interactions of a user." })
  perUser!: NumberSummary | null;

  @Field(() => NumberSummary, { nullable: true, description: "Interactions of an item." })
  perItem!: NumberSummary | null;

  @Field(() => Float, { description: "Share of all interactions that the most popular hundredth of the items has." })
  topItemsShare!: number;

  @Field(() => Float, { description: "Share of the pairs of user and item that have an interaction." })
  density!: number;

  @Field(() => SafeInt, { description: "The first interaction in Unix seconds." })
  firstSeconds!: number;

  @Field(() => SafeInt, { description: "The last interaction in Unix seconds." })
  lastSeconds!: number;

  @Field(() => [HistogramBin], {
    description:
      "Interactions over time: up to 60 ranges of equal length, in Unix seconds; the last has what lies in the future too.",
  })
  overTime!: HistogramBin[];

  @Field(() => SafeInt, { description: "Interactions later than now." })
  inFuture!: number;

  @Field(() => SafeInt, {
    description: "Users all of whose interactions (two or more) have the same time, so that their order is unknown.",
  })
  usersWithOneTime!: number;

  @Field(() => [ValueCount], { description: "Event types by count, at most 20." })
  eventTypes!: ValueCount[];

  @Field(() => SafeInt, {
    nullable: true,
    description: "Interactions whose item the Items dataset does not have; absent when there is no Items dataset.",
  })
  unknownItems!: number | null;

  @Field(() => SafeInt, {
    nullable: true,
    description: "Interactions whose user the Users dataset does not have; absent when there is no Users dataset.",
  })
  unknownUsers!: number | null;

  @Field(() => SafeInt, { description: "Interactions with an impression." })
  withImpression!: number;
}

@ObjectType({ simpleResolvers: true, description: "What the rows of one import say." })
export class DataAnalysis {
  @Field(() => String, { description: "The dataset group's name." })
  datasetGroup!: string;

  @Field(() => String, { description: "The import job's name." })
  jobName!: string;

  @Field(() => DatasetType, { description: "The dataset." })
  datasetType!: number;

  @Field(() => SafeInt, { description: "Rows imported." })
  rows!: number;

  @Field(() => SafeInt, { description: "Rows that repeat an earlier one in every column." })
  duplicateRows!: number;

  @Field(() => SafeInt, { description: "Rows whose id an earlier row of the import has too; 0 for interactions." })
  repeatedIds!: number;

  @Field(() => [ColumnAnalysis], { description: "Each column in schema order." })
  columns!: ColumnAnalysis[];

  @Field(() => InteractionsAnalysis, { nullable: true, description: "For interactions." })
  interactions!: InteractionsAnalysis | null;

  @Field(() => String, {
    nullable: true,
    description: "The import job that drift is measured against; null when there was none.",
  })
  comparedWith!: string | null;

  @Field(() => SafeInt, { description: "Rows of that import." })
  rowsBefore!: number;

  @Field(() => [Finding], { description: "What was found, the most urgent first." })
  findings!: Finding[];

  @Field(() => DateTime, { description: "When it was made." })
  createdAt!: number;

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
