import type { TrainingProgress as ProgressMessage } from "@palate/proto/recipe";
import { Field, Float, ObjectType } from "type-graphql";
import { DateTime, SafeInt, timeOrNull } from "../common/scalars.js";

@ObjectType({ simpleResolvers: true, description: "One point of a curve drawn while training." })
export class CurvePoint {
  @Field(() => Float, { description: "Seconds since training began." })
  seconds!: number;

  @Field(() => String, { description: 'What is measured: "loss" or a metric\'s name.' })
  series!: string;

  @Field(() => Float, { description: "Its value." })
  value!: number;
}

@ObjectType({ simpleResolvers: true, description: "How far a training is." })
export class TrainingProgress {
  @Field(() => String, {
    description: 'What is being done, for example "reading", "fitting", "evaluating", "storing".',
  })
  phase!: string;

  @Field(() => Float, { description: "Share done, 0 to 1." })
  fraction!: number;

  @Field(() => String, { description: "One line for people." })
  message!: string;

  @Field(() => Float, { nullable: true, description: "Estimated seconds left; null while unknown." })
  secondsLeft!: number | null;

  @Field(() => [CurvePoint], { description: "Loss and validation curves so far, at most 500 points." })
  curve!: CurvePoint[];

  @Field(() => DateTime, { nullable: true, description: "When the trainer reported this." })
  reportedAt!: number | null;

  /** From the proto's message. */
  static from(message: ProgressMessage): TrainingProgress {
    return {
      phase: message.phase,
      fraction: message.fraction,
      message: message.message,
      secondsLeft: message.secondsLeft ?? null,
      curve: message.curve,
      reportedAt: timeOrNull(message.reportedAtMs),
    };
  }
}

@ObjectType({ simpleResolvers: true, description: "What a model was trained on." })
export class DataStatistics {
  @Field(() => SafeInt, { description: "Users with at least one interaction." })
  users!: number;

  @Field(() => SafeInt, { description: "Items in the catalogue." })
  items!: number;

  @Field(() => SafeInt, { description: "Interactions after the event filter." })
  interactions!: number;

  @Field(() => String, {
    description: "Place in the change log up to which data was read: the training can be repeated.",
  })
  cursor!: string;

  @Field(() => [String], {
    description:
      "What of the data is too little, or odd, for the model or its metrics to mean much, in plain words; empty when there is nothing to say.",
  })
  warnings!: string[];
}
