import type { Filter as FilterMessage, FilterProblem as ProblemMessage } from "@palate/proto/dataset";
import { Field, ID, InputType, Int, ObjectType } from "type-graphql";
import { UserError } from "../../errors/user-error.js";
import { connectionType } from "../common/connection.js";
import { toGlobalId } from "../common/global-id.js";
import { Node } from "../common/node.js";
import { DateTime, timeOrNull } from "../common/scalars.js";

/** A parameter of a filter. */
@ObjectType({ simpleResolvers: true, description: "A parameter of a filter, $NAME." })
export class FilterParameter {
  /** Its name. */
  @Field(() => String, { description: "Its name without the dollar sign; upper and lower case differ." })
  name!: string;

  /** Whether it is needed. */
  @Field(() => Boolean, {
    description:
      "Whether every question must bring its value: so it is when an INCLUDE expression uses it. A condition of an EXCLUDE expression that lacks its value removes nothing.",
  })
  required!: boolean;
}

/** Something wrong with an expression. */
@ObjectType({ simpleResolvers: true, description: "One thing that is wrong with an expression." })
export class FilterProblem {
  /** What. */
  @Field(() => String, { description: "What is wrong and what would be right." })
  message!: string;

  /** Which line. */
  @Field(() => Int, { nullable: true, description: "Line of the expression, from 1; null when no place is meant." })
  line!: number | null;

  /** Which column. */
  @Field(() => Int, { nullable: true, description: "Column within the line, from 1; null when no place is meant." })
  column!: number | null;
}

/** What a filter was once. */
@ObjectType({ simpleResolvers: true, description: "What a filter was from one edit to the next." })
export class FilterVersion {
  /** Its number. */
  @Field(() => Int, { description: "Its number, from 1." })
  version!: number;

  /** Its expression. */
  @Field(() => String, { description: "Its expression as it was written." })
  expression!: string;

  /** When it was made. */
  @Field(() => DateTime, { nullable: true, description: "When it was made." })
  createdAt!: number | null;
}

/** A filter. */
@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description:
    "Says which items, users or actions an answer may have, in Amazon Personalize's language and beyond it. It works on live data, and every edit is a version.",
})
export class Filter implements Node {
  /** Global id. */
  get id(): string {
    return toGlobalId("Filter", this.datasetGroup, this.name);
  }

  /** The dataset group. */
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  /** Its name. */
  @Field(() => String, { description: "Its name, unique within the group." })
  name!: string;

  /** Its expression. */
  @Field(() => String, { description: "The expression of the newest version, as it was written." })
  expression!: string;

  /** Its version. */
  @Field(() => Int, { description: "Number of the newest version; 1 for a filter that was never edited." })
  version!: number;

  /** What it selects. */
  @Field(() => String, { description: "What it selects: ItemID, UserID or ActionID." })
  target!: string;

  /** Its parameters. */
  @Field(() => [FilterParameter], { description: "Its parameters, in the order in which they are written." })
  parameters!: FilterParameter[];

  /** What does not fit. */
  @Field(() => [FilterProblem], {
    description: "What in it does not fit the datasets as they are now; empty as long as the filter is usable.",
  })
  problems!: FilterProblem[];

  /** What it was. */
  @Field(() => [FilterVersion], { description: "Its versions, newest first; the last 50." })
  versions!: FilterVersion[];

  /** When it was created. */
  @Field(() => DateTime, { nullable: true, description: "When it was created." })
  createdAt!: number | null;

  /** When it was edited. */
  @Field(() => DateTime, { nullable: true, description: "When its newest version was made." })
  updatedAt!: number | null;

  /** From the proto's message. */
  static from(message: FilterMessage): Filter {
    const { datasetGroup, name, expression, version, target, parameters } = message;
    const versions = message.versions.map((one) => ({ ...one, createdAt: timeOrNull(one.createdAtMs) }));
    return Object.assign(new Filter(), {
      ...{ datasetGroup, name, expression, version, target, parameters, versions },
      problems: toProblems(message.problems),
      createdAt: timeOrNull(message.createdAtMs),
      updatedAt: timeOrNull(message.updatedAtMs),
    });
  }
}

/** Problems with their places. */
export function toProblems(problems: readonly ProblemMessage[]): FilterProblem[] {
  return problems.map(({ message, line, column }) => ({ message, line: line || null, column: column || null }));
}

/** A page of filters. */
export const FilterConnection = connectionType(Filter, "Filter");

/** What an expression would be as a filter. */
@ObjectType({ simpleResolvers: true, description: "What an expression would be as a filter; nothing is stored." })
export class FilterCheck {
  /** What is wrong. */
  @Field(() => [FilterProblem], { description: "What is wrong; empty when a filter could be made of it." })
  problems!: FilterProblem[];

  /** What it selects. */
  @Field(() => String, {
    nullable: true,
    description: "What it selects: ItemID, UserID or ActionID; null when it cannot be read.",
  })
  target!: string | null;

  /** Its parameters. */
  @Field(() => [FilterParameter], { description: "Its parameters, in the order in which they are written." })
  parameters!: FilterParameter[];

  /** In other words. */
  @Field(() => String, {
    nullable: true,
    description: "The expression in its canonical form, which shows how it is understood; null when it cannot be read.",
  })
  canonical!: string | null;
}

/** What a filter does to something. */
@ObjectType({ simpleResolvers: true, description: "What a filter does to one item, user or action, and why." })
export class FilterVerdict {
  /** To what. */
  @Field(() => ID, { description: "The item, user or action." })
  id!: string;

  /** Whether it exists. */
  @Field(() => Boolean, { description: "Whether the data knows it." })
  known!: boolean;

  /** Whether it passes. */
  @Field(() => Boolean, { description: "Whether the filter lets it through." })
  allowed!: boolean;

  /** Whether it was seen. */
  @Field(() => Int, {
    description:
      "How many interactions the user has with it: an answer may leave it out for that, whatever the filter.",
  })
  interactions!: number;

  /** Why. */
  @Field(() => String, { description: "Why, in sentences, one line for each expression that decides." })
  explanation!: string;
}

/** Input of createFilter. */
@InputType({ description: "Input of createFilter." })
export class CreateFilterInput {
  /** The dataset group. */
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  /** Its name. */
  @Field(() => String, { description: "Unique within the group; same form as a dataset group's name." })
  name!: string;

  /** Its expression. */
  @Field(() => String, { description: "The expression, at most 20,000 characters." })
  expression!: string;
}

/** Input of updateFilter. */
@InputType({ description: "Input of updateFilter." })
export class UpdateFilterInput extends CreateFilterInput {
  /** What is edited. */
  @Field(() => Int, {
    nullable: true,
    description: "Refuse unless this is the newest version; absent means whatever it is.",
  })
  expectedVersion?: number | null;
}

/** Payload of createFilter and updateFilter. */
@ObjectType({ simpleResolvers: true, description: "Payload of createFilter and updateFilter." })
export class FilterPayload {
  /** The filter. */
  @Field(() => Filter, { nullable: true, description: "The filter as stored; null when userErrors has entries." })
  filter?: Filter;

  /** What to put right. */
  @Field(() => [UserError], { description: "What to put right, each with its place; empty on success." })
  userErrors!: UserError[];
}
