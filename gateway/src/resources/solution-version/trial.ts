import { TrialStatus as StatusMessage, type Trial as TrialMessage } from "@palate/proto/recipe";
import { Field, Float, Int, ObjectType, registerEnumType } from "type-graphql";
import { Metric, NameValue, toPairs } from "../common/name-value.js";

const TrialStatus = {
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

@ObjectType({
  simpleResolvers: true,
  description:
    "One configuration, trained for a part of the time on the older part of the data and measured on the newer.",
})
export class Trial {
  @Field(() => Int, { description: "Counts from 1 in the order in which configurations were thought of." })
  number!: number;

  @Field(() => String, { description: "Name of the recipe." })
  recipe!: string;

  @Field(() => [NameValue], { description: "The hyperparameters that were varied, with their values." })
  hyperparameters!: NameValue[];

  @Field(() => Float, {
    description: "Share of the full training time, 0 to 1; what does well is tried again with more.",
  })
  budget!: number;

  @Field(() => TrialStatus, { description: "How it ended." })
  status!: number;

  @Field(() => Float, { nullable: true, description: "The objective's value; null when it failed." })
  objective!: number | null;

  @Field(() => [Metric], { description: "All metrics on the newer part of the data." })
  metrics!: Metric[];

  @Field(() => Float, { description: "Seconds it took." })
  seconds!: number;

  @Field(() => String, { nullable: true, description: "Why it failed; null when it did not." })
  failureReason!: string | null;

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
