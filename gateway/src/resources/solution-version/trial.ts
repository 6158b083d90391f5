import { TrialStatus as StatusMessage, type Trial as TrialMessage } from "@palate/proto/recipe";
import { Field, Float, Int, ObjectType, registerEnumType } from "type-graphql";
import { Metric, NameValue, toPairs } from "../common/name-value.js";

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
