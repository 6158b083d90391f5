import type { AutoMlConfig as AutoMlMessage, HpoConfig as HpoMessage } from "@palate/proto/recipe";
import { Field, Float, InputType, Int, ObjectType } from "type-graphql";

@InputType("NumericRangeInput", { description: "Values that an INTEGER or CONTINUOUS hyperparameter may take." })
@ObjectType({ simpleResolvers: true, description: "Values that an INTEGER or CONTINUOUS hyperparameter may take." })
export class NumericRange {
  @Field(() => String, { description: "The hyperparameter's name." })
  name!: string;

  @Field(() => Float, { description: "Smallest value, inclusive." })
  minValue!: number;

  @Field(() => Float, { description: "Largest value, inclusive." })
  maxValue!: number;
}

@InputType("CategoricalRangeInput", { description: "Values that a CATEGORICAL or BOOLEAN hyperparameter may take." })
@ObjectType({ simpleResolvers: true, description: "Values that a CATEGORICAL or BOOLEAN hyperparameter may take." })
export class CategoricalRange {
  @Field(() => String, { description: "The hyperparameter's name." })
  name!: string;

  @Field(() => [String], { description: "The values to choose from." })
  values!: string[];
}

@InputType("HpoConfigInput", { description: "How hyperparameters are searched for." })
@ObjectType({ simpleResolvers: true, description: "How hyperparameters are searched for." })
export class HpoConfig {
  @Field(() => String, {
    nullable: true,
    description: "Key of the metric to optimise, as it stands in a version's metrics; null means the recipe's own.",
  })
  objectiveMetric?: string | null;

  @Field(() => Boolean, { defaultValue: false, description: "Whether less of it is better." })
  minimize!: boolean;

  @Field(() => Int, {
    defaultValue: 16,
    description: "Configurations tried, from 1 to 200; the default one is always the first.",
  })
  maxNumberOfTrainingJobs!: number;

  @Field(() => Int, {
    defaultValue: 0,
    description: "Trials at the same time, at most 10; 0 means one for each two cores.",
  })
  maxParallelTrainingJobs!: number;

  @Field(() => [NumericRange], {
    defaultValue: [],
    description: "Ranges of numbers. Without any range every tunable hyperparameter is varied over its whole range.",
  })
  numericRanges!: NumericRange[];

  @Field(() => [CategoricalRange], { defaultValue: [], description: "Choices." })
  categoricalRanges!: CategoricalRange[];

  /** From the proto's message; null when there is none. */
  static from(message: HpoMessage | undefined): HpoConfig | null {
    if (message === undefined) return null;
    return Object.assign(new HpoConfig(), { ...message, objectiveMetric: message.objectiveMetric || null });
  }

  /** As the services take it. */
  static toMessage(input: HpoConfig | null | undefined): HpoMessage | undefined {
    return input ? { ...input, objectiveMetric: input.objectiveMetric ?? undefined } : undefined;
  }
}

@InputType("AutoMlConfigInput", { description: "How the recipe is chosen." })
@ObjectType({ simpleResolvers: true, description: "How the recipe is chosen." })
export class AutoMlConfig {
  @Field(() => String, { nullable: true, description: "Key of the metric to choose by; null means the recipes' own." })
  metricName?: string | null;

  @Field(() => [String], {
    defaultValue: [],
    description: "Recipes of one service and one type to choose from; empty means those of user personalisation.",
  })
  recipeList!: string[];

  /** From the proto's message; null when there is none. */
  static from(message: AutoMlMessage | undefined): AutoMlConfig | null {
    if (message === undefined) return null;
    return Object.assign(new AutoMlConfig(), { ...message, metricName: message.metricName || null });
  }

  /** As the services take it. */
  static toMessage(input: AutoMlConfig | null | undefined): AutoMlMessage | undefined {
    return input ? { ...input, metricName: input.metricName ?? undefined } : undefined;
  }
}
