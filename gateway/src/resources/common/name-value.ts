import { Field, Float, ObjectType } from "type-graphql";

@ObjectType({ simpleResolvers: true, description: "A name with a value as text." })
export class NameValue {
  @Field(() => String, { description: "The name." })
  name!: string;

  @Field(() => String, { description: "The value as text." })
  value!: string;
}

@ObjectType({ simpleResolvers: true, description: "A metric with its value." })
export class Metric {
  @Field(() => String, {
    description: 'Amazon Personalize\'s key, for example "normalized_discounted_cumulative_gain_at_10".',
  })
  name!: string;

  @Field(() => Float, { description: "Its value." })
  value!: number;
}

/** A map as a list sorted by name. */
export function toPairs<V>(map: Readonly<Record<string, V>>): { name: string; value: V }[] {
  return Object.keys(map)
    .sort()
    .map((name) => ({ name, value: map[name] as V }));
}
