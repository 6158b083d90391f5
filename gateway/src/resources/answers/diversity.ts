import type { Diversity } from "@palate/proto/recipe";
import { Field, Float, InputType, Int } from "type-graphql";

@InputType({
  description:
    "Makes an answer less of the same: unlikeness weighed against the recipe's order, limits on how many items share a value of a column, or both. Pages still follow one another.",
})
export class DiversityInput {
  @Field(() => Float, {
    nullable: true,
    description:
      "How much unlikeness counts beside the recipe's order, 0 to 1; default 0. Items are as alike as the model's vectors of them; where it has none, as their values of column, or of every column; on data without item columns, as the users who had them.",
  })
  weight?: number | null;

  @Field(() => String, { nullable: true, description: 'The item column that maxPerValue is about, such as "GENRE".' })
  column?: string | null;

  @Field(() => Int, {
    nullable: true,
    description:
      "Most items with the same value of column among any window places; absent means no limit. When all items left are over it, the list goes on with the best of them.",
  })
  maxPerValue?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: "Places that maxPerValue counts over, from the top: the first so many, the next so many; default 25.",
  })
  window?: number | null;
}

/** The input as a recipe service takes it. */
export function toDiversity(input: DiversityInput | null | undefined): Diversity | undefined {
  if (input === null || input === undefined) return undefined;
  const { weight, column, maxPerValue, window } = input;
  return { weight: weight ?? 0, column: column ?? "", maxPerValue: maxPerValue ?? 0, window: window ?? 0 };
}
