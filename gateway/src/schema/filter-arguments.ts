import { invalidArgument } from "@palate/host";
import type { Promotion } from "@palate/proto/recipe";
import { ArgsType, Field, InputType, Int } from "type-graphql";
import { PromotionPlacement } from "./enums.js";

/** Values of one parameter. */
@InputType({ description: "Values of one parameter of a filter." })
export class FilterValueInput {
  /** The parameter. */
  @Field(() => String, { description: "The parameter's name without the dollar sign; upper and lower case differ." })
  name!: string;

  /** Its values. */
  @Field(() => [String], {
    description: 'Its values, numbers and booleans as text too: ["horror", "comedy"] or ["18"].',
  })
  values!: string[];
}

/** How a question names a filter. */
@ArgsType()
export class FilterArgs {
  /** A filter's name. */
  @Field(() => String, { nullable: true, description: "Leaves out what this filter of the dataset group does." })
  filter?: string | null;

  /** Values of its parameters. */
  @Field(() => [FilterValueInput], { nullable: true, description: "Values of the filter's parameters." })
  filterValues?: FilterValueInput[] | null;

  /** Or an expression. */
  @Field(() => String, {
    nullable: true,
    description:
      'Or an expression in place of a filter\'s name: EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("purchase").',
  })
  filterExpression?: string | null;
}

/** A promotion. */
@InputType({
  description:
    "Items that are to have a share of an answer: the best ones, for this question, among those that a filter lets through. The question's own filter does not apply to them.",
})
export class PromotionInput {
  /** Its name. */
  @Field(() => String, { description: "Names it in the answer; unique within the question." })
  name!: string;

  /** Which items. */
  @Field(() => String, { nullable: true, description: "Which items may be promoted: the name of a filter." })
  filter?: string | null;

  /** Values of that filter's parameters. */
  @Field(() => [FilterValueInput], { nullable: true, description: "Values of that filter's parameters." })
  filterValues?: FilterValueInput[] | null;

  /** Or an expression. */
  @Field(() => String, { nullable: true, description: "Or an expression in place of a filter's name." })
  filterExpression?: string | null;

  /** Their share. */
  @Field(() => Int, {
    nullable: true,
    description:
      "Share of each page in percent, 1 to 100, rounded up to whole items; all promotions together at most 100. May be absent where positions are given.",
  })
  percentPromotedItems?: number | null;

  /** Where they stand. */
  @Field(() => PromotionPlacement, { nullable: true, description: "Where they stand; absent means RANDOM." })
  placement?: number | null;

  /** Or exactly where. */
  @Field(() => [Int], {
    nullable: true,
    description: "Or the exact ranks within a page, from 1, in place of placement.",
  })
  positions?: number[] | null;

  /** How many. */
  @Field(() => Int, {
    nullable: true,
    description: "At most so many promoted items on a page; absent means as many as the share allows.",
  })
  maxItems?: number | null;
}

/** A filter as recipe services take it. */
export interface FilterFields {
  readonly filter: string;
  readonly filterValues: Record<string, string>;
  readonly filterExpression: string;
}

/**
 * A question's filter as recipe services take it: each parameter's values in quotes with commas between.
 * @throws PalateError `invalid_argument` when a parameter comes twice
 */
export function toFilterFields({ filter, filterValues, filterExpression }: FilterArgs): FilterFields {
  const values: Record<string, string> = {};
  for (const { name, values: given } of filterValues ?? []) {
    if (Object.hasOwn(values, name)) {
      const message = `names the parameter ${name} twice; give all its values in one entry`;
      throw invalidArgument(`filterValues ${message}.`, [{ field: "filterValues", message }]);
    }
    values[name] = given.map((value) => `"${value.replace(/["\\]/g, "\\$&")}"`).join(",");
  }
  return { filter: filter ?? "", filterValues: values, filterExpression: filterExpression ?? "" };
}

/** Promotions as recipe services take them. */
export function toPromotions(promotions: readonly PromotionInput[] | null | undefined): Promotion[] {
  return (promotions ?? []).map((promotion) => ({
    ...toFilterFields(promotion),
    name: promotion.name,
    percentPromotedItems: promotion.percentPromotedItems ?? 0,
    placement: promotion.placement ?? 0,
    positions: promotion.positions ?? [],
    maxItems: promotion.maxItems ?? 0,
  }));
}
