import type { TrainingProgress as ProgressMessage } from "@palate/proto/recipe";
import { Field, Float, ObjectType } from "type-graphql";
import { DateTime, SafeInt, timeOrNull } from "../common/scalars.js";

/** One point of a training curve. */
@ObjectType({ simpleResolvers: true, description: "One point of a curve drawn while training." })
export class CurvePoint {
  /** When. */
  @Field(() => Float, { description: "Seconds since training began." })
  seconds!: number;

  /** What. */
  @Field(() => String, { description: 'What is measured: "loss" or a metric\'s name.' })
  series!: string;

  /** How much. */
  @Field(() => Float, { description: "Its value." })
  value!: number;
}

/** How far a training is. */
@ObjectType({ simpleResolvers: true, description: "How far a training is." })
export class TrainingProgress {
  /** What is being done. */
  @Field(() => String, {
    description: 'What is being done, for example "reading", "fitting", "evaluating", "storing".',
  })
  phase!: string;

  /** Share done. */
  @Field(() => Float, { description: "Share done, 0 to 1." })
  fraction!: number;

  /** One line. */
  @Field(() => String, { description: "One line for people." })
  message!: string;

  /** Seconds left. */
  @Field(() => Float, { nullable: true, description: "Estimated seconds left; null while unknown." })
  secondsLeft!: number | null;

  /** Curves. */
  @Field(() => [CurvePoint], { description: "Loss and validation curves so far, at most 500 points." })
  curve!: CurvePoint[];

  /** When this was reported. */
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

/** What a model was trained on. */
@ObjectType({ simpleResolvers: true, description: "What a model was trained on." })
export class DataStatistics {
  /** Users. */
  @Field(() => SafeInt, { description: "Users with at least one interaction." })
  users!: number;

  /** Items. */
  @Field(() => SafeInt, { description: "Items in the catalogue." })
  items!: number;

  /** Interactions. */
  @Field(() => SafeInt, { description: "Interactions after the event filter." })
  interactions!: number;

  /** Place in the change log. */
  @Field(() => String, {
    description: "Place in the change log up to which data was read: the training can be repeated.",
  })
  cursor!: string;

  /** What to be careful about. */
  @Field(() => [String], {
    description:
      "What of the data is too little, or odd, for the model or its metrics to mean much, in plain words; empty when there is nothing to say.",
  })
  warnings!: string[];
}
