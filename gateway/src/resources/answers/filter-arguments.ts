import { invalidArgument } from "@palate/host";
import { ArgsType, Field, InputType } from "type-graphql";

@InputType({ description: "Values of one parameter of a filter." })
export class FilterValueInput {
  @Field(() => String, { description: "The parameter's name without the dollar sign; upper and lower case differ." })
  name!: string;

  @Field(() => [String], {
    description: 'Its values, numbers and booleans as text too: ["horror", "comedy"] or ["18"].',
  })
  values!: string[];
}

/** How a question names a filter. */
@ArgsType()
export class FilterArgs {
  @Field(() => String, { nullable: true, description: "Leaves out what this filter of the dataset group does." })
  filter?: string | null;

  @Field(() => [FilterValueInput], { nullable: true, description: "Values of the filter's parameters." })
  filterValues?: FilterValueInput[] | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Or an expression in place of a filter\'s name: EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("purchase").',
  })
  filterExpression?: string | null;
}

/** A filter as recipe services take it. */
export interface FilterFields {
  readonly filter: string | undefined;
  readonly filterValues: Record<string, string>;
  readonly filterExpression: string | undefined;
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
  return { filter: filter ?? undefined, filterValues: values, filterExpression: filterExpression ?? undefined };
}
