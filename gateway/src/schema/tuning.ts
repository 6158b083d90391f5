import {
  TrainingMode as ModeMessage,
  TrainingType as TypeMessage,
  TrialStatus as StatusMessage,
  type AutoMlConfig as AutoMlMessage,
  type HpoConfig as HpoMessage,
  type Trial as TrialMessage,
} from "@palate/proto/recipe";
import { Field, Float, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { Metric, NameValue, toPairs } from "./name-value.js";

/** How a training uses what was learned before. */
export const TrainingMode = {
  FULL: ModeMessage.TRAINING_MODE_FULL,
  UPDATE: ModeMessage.TRAINING_MODE_UPDATE,
} as const;
registerEnumType(TrainingMode, {
  name: "TrainingMode",
  description: "How a training uses what was learned before.",
  valuesConfig: {
    FULL: { description: "It learns everything anew." },
    UPDATE: { description: "It starts from the newest finished version of the same recipe, where the recipe can." },
  },
});

/** Who asked for a training. */
export const TrainingType = {
  MANUAL: TypeMessage.TRAINING_TYPE_MANUAL,
  AUTOMATIC: TypeMessage.TRAINING_TYPE_AUTOMATIC,
} as const;
registerEnumType(TrainingType, {
  name: "TrainingType",
  description: "Who asked for a training.",
  valuesConfig: {
    MANUAL: { description: "A caller." },
    AUTOMATIC: { description: "The solution's schedule." },
  },
});

/** How a trial ended. */
export const TrialStatus = {
  COMPLETED: StatusMessage.TRIAL_STATUS_COMPLETED,
  FAILED: StatusMessage.TRIAL_STATUS_FAILED,
} as const;
registerEnumType(TrialStatus, {
  name: "TrialStatus",
  description: "How a trial ended.",
  valuesConfig: {
    COMPLETED: { description: "It was trained and measured." },
    FAILED: { description: "It could not be trained; failureReason says why." },
  },
});

/** Values that a number may take. */
@InputType("NumericRangeInput", { description: "Values that an INTEGER or CONTINUOUS hyperparameter may take." })
@ObjectType({ simpleResolvers: true, description: "Values that an INTEGER or CONTINUOUS hyperparameter may take." })
export class NumericRange {
  /** Its name. */
  @Field(() => String, { description: "The hyperparameter's name." })
  name!: string;

  /** Its smallest value. */
  @Field(() => Float, { description: "Smallest value, inclusive." })
  minValue!: number;

  /** Its largest value. */
  @Field(() => Float, { description: "Largest value, inclusive." })
  maxValue!: number;
}

/** Values that a choice may take. */
@InputType("CategoricalRangeInput", { description: "Values that a CATEGORICAL or BOOLEAN hyperparameter may take." })
@ObjectType({ simpleResolvers: true, description: "Values that a CATEGORICAL or BOOLEAN hyperparameter may take." })
export class CategoricalRange {
  /** Its name. */
  @Field(() => String, { description: "The hyperparameter's name." })
  name!: string;

  /** Its values. */
  @Field(() => [String], { description: "The values to choose from." })
  values!: string[];
}

/** How hyperparameters are searched for. */
@InputType("HpoConfigInput", { description: "How hyperparameters are searched for." })
@ObjectType({ simpleResolvers: true, description: "How hyperparameters are searched for." })
export class HpoConfig {
  /** What is optimised. */
  @Field(() => String, {
    nullable: true,
    description: "Key of the metric to optimise, as it stands in a version's metrics; null means the recipe's own.",
  })
  objectiveMetric?: string | null;

  /** In which direction. */
  @Field(() => Boolean, { defaultValue: false, description: "Whether less of it is better." })
  minimize!: boolean;

  /** How many configurations. */
  @Field(() => Int, {
    defaultValue: 16,
    description: "Configurations tried, from 1 to 200; the default one is always the first.",
  })
  maxNumberOfTrainingJobs!: number;

  /** How many at once. */
  @Field(() => Int, {
    defaultValue: 0,
    description: "Trials at the same time, at most 10; 0 means one for each two cores.",
  })
  maxParallelTrainingJobs!: number;

  /** Ranges of numbers. */
  @Field(() => [NumericRange], {
    defaultValue: [],
    description: "Ranges of numbers. Without any range every tunable hyperparameter is varied over its whole range.",
  })
  numericRanges!: NumericRange[];

  /** Choices. */
  @Field(() => [CategoricalRange], { defaultValue: [], description: "Choices." })
  categoricalRanges!: CategoricalRange[];

  /** From the proto's message; null when there is none. */
  static from(message: HpoMessage | undefined): HpoConfig | null {
    if (message === undefined) return null;
    return Object.assign(new HpoConfig(), { ...message, objectiveMetric: message.objectiveMetric || null });
  }

  /** As the services take it. */
  static toMessage(input: HpoConfig | null | undefined): HpoMessage | undefined {
    return input ? { ...input, objectiveMetric: input.objectiveMetric ?? "" } : undefined;
  }
}

/** How the recipe is chosen. */
@InputType("AutoMlConfigInput", { description: "How the recipe is chosen." })
@ObjectType({ simpleResolvers: true, description: "How the recipe is chosen." })
export class AutoMlConfig {
  /** What it is chosen by. */
  @Field(() => String, { nullable: true, description: "Key of the metric to choose by; null means the recipes' own." })
  metricName?: string | null;

  /** The candidates. */
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
    return input ? { ...input, metricName: input.metricName ?? "" } : undefined;
  }
}

/** One configuration tried. */
@ObjectType({
  simpleResolvers: true,
  description:
    "One configuration, trained for a part of the time on the older part of the data and measured on the newer.",
})
export class Trial {
  /** Its number. */
  @Field(() => Int, { description: "Counts from 1 in the order in which configurations were thought of." })
  number!: number;

  /** Its recipe. */
  @Field(() => String, { description: "Name of the recipe." })
  recipe!: string;

  /** What was varied. */
  @Field(() => [NameValue], { description: "The hyperparameters that were varied, with their values." })
  hyperparameters!: NameValue[];

  /** Its time. */
  @Field(() => Float, {
    description: "Share of the full training time, 0 to 1; what does well is tried again with more.",
  })
  budget!: number;

  /** How it ended. */
  @Field(() => TrialStatus, { description: "How it ended." })
  status!: number;

  /** What it reached. */
  @Field(() => Float, { nullable: true, description: "The objective's value; null when it failed." })
  objective!: number | null;

  /** Everything it reached. */
  @Field(() => [Metric], { description: "All metrics on the newer part of the data." })
  metrics!: Metric[];

  /** How long it took. */
  @Field(() => Float, { description: "Seconds it took." })
  seconds!: number;

  /** Why it failed. */
  @Field(() => String, { nullable: true, description: "Why it failed; null when it did not." })
  failureReason!: string | null;

  /** Whether it won. */
  @Field(() => Boolean, { description: "Whether the version was trained with this configuration." })
  chosen!: boolean;

  /** From the proto's message. */
  static from(message: TrialMessage): Trial {
    const failed = message.status === StatusMessage.TRIAL_STATUS_FAILED;
    return Object.assign(new Trial(), {
      ...message,
      hyperparameters: toPairs(message.hyperparameters),
      objective: failed ? null : message.objective,
      metrics: toPairs(message.metrics),
      failureReason: message.failureReason || null,
    });
  }
}
