import type { Filter as FilterMessage, FilterProblem as ProblemMessage } from "@palate/proto/dataset";
import { Field, InputType, Int, ObjectType } from "type-graphql";
import { UserError } from "../../errors/user-error.js";
import { connectionType } from "../common/connection.js";
import { toGlobalId } from "../common/global-id.js";
import { Node } from "../common/node.js";
import { DateTime, ID, timeOrNull } from "../common/scalars.js";

@ObjectType({ simpleResolvers: true, description: "A parameter of a filter, $NAME." })
export class FilterParameter {
  @Field(() => String, { description: "Its name without the dollar sign; upper and lower case differ." })
  name!: string;

  @Field(() => Boolean, {
    description:
      "Whether every question must bring its value: so it is when an INCLUDE expression uses it. A condition of an EXCLUDE expression that lacks its value removes nothing.",
  })
  required!: boolean;
}

@ObjectType({ simpleResolvers: true, description: "One thing that is wrong with an expression." })
export class FilterProblem {
  @Field(() => String, { description: "What is wrong and what would be right." })
  message!: string;

  @Field(() => Int, { nullable: true, description: "Line of the expression, from 1; null when no place is meant." })
  line!: number | null;

  @Field(() => Int, { nullable: true, description: "Column within the line, from 1; null when no place is meant." })
  column!: number | null;
}

@ObjectType({ simpleResolvers: true, description: "What a filter was from one edit to the next." })
export class FilterVersion {
  @Field(() => Int, { description: "Its number, from 1." })
  version!: number;

  @Field(() => String, { description: "Its expression as it was written." })
  expression!: string;

  @Field(() => DateTime, { nullable: true, description: "When it was made." })
  createdAt!: number | null;
}

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

  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  @Field(() => String, { description: "Its name, unique within the group." })
  name!: string;

  @Field(() => String, { description: "The expression of the newest version, as it was written." })
  expression!: string;

  @Field(() => Int, { description: "Number of the newest version; 1 for a filter that was never edited." })
  version!: number;

  @Field(() => String, { description: "What it selects: ItemID, UserID or ActionID." })
  target!: string;

  @Field(() => [FilterParameter], { description: "Its parameters, in the order in which they are written." })
  parameters!: FilterParameter[];

  @Field(() => [FilterProblem], {
    description: "What in it does not fit the datasets as they are now; empty as long as the filter is usable.",
  })
  problems!: FilterProblem[];

  @Field(() => [FilterVersion], { description: "Its versions, newest first; the last 50." })
  versions!: FilterVersion[];

  @Field(() => DateTime, { nullable: true, description: "When it was created." })
  createdAt!: number | null;

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

@ObjectType({ simpleResolvers: true, description: "What an expression would be as a filter; nothing is stored." })
export class FilterCheck {
  @Field(() => [FilterProblem], { description: "What is wrong; empty when a filter could be made of it." })
  problems!: FilterProblem[];

  @Field(() => String, {
    nullable: true,
    description: "What it selects: ItemID, UserID or ActionID; null when it cannot be read.",
  })
  target!: string | null;

  @Field(() => [FilterParameter], { description: "Its parameters, in the order in which they are written." })
  parameters!: FilterParameter[];

  @Field(() => String, {
    nullable: true,
    description: "The expression in its canonical form, which shows how it is understood; null when it cannot be read.",
  })
  canonical!: string | null;
}

@ObjectType({ simpleResolvers: true, description: "What a filter does to one item, user or action, and why." })
export class FilterVerdict {
  @Field(() => ID, { description: "The item, user or action." })
  id!: string;

  @Field(() => Boolean, { description: "Whether the data knows it." })
  known!: boolean;

  @Field(() => Boolean, { description: "Whether the filter lets it through." })
  allowed!: boolean;

  @Field(() => Int, {
    description:
      "How many interactions the user has with it: an answer may leave it out for that, whatever the filter.",
  })
  interactions!: number;

  @Field(() => String, { description: "Why, in sentences, one line for each expression that decides." })
  explanation!: string;
}

@InputType({ description: "Input of createFilter." })
export class CreateFilterInput {
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  @Field(() => String, { description: "Unique within the group; same form as a dataset group's name." })
  name!: string;

  @Field(() => String, { description: "The expression, at most 20,000 characters." })
  expression!: string;
}

@InputType({ description: "Input of updateFilter." })
export class UpdateFilterInput extends CreateFilterInput {
  @Field(() => Int, {
    nullable: true,
    description: "Refuse unless this is the newest version; absent means whatever it is.",
  })
  expectedVersion?: number | null;
}

@ObjectType({ simpleResolvers: true, description: "Payload of createFilter and updateFilter." })
export class FilterPayload {
  @Field(() => Filter, { nullable: true, description: "The filter as stored; null when userErrors has entries." })
  filter?: Filter;

  @Field(() => [UserError], { description: "What to put right, each with its place; empty on success." })
  userErrors!: UserError[];
}
