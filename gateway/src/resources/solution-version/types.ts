import {
  TrainingMode as ModeMessage,
  TrainingType as TypeMessage,
  type SolutionVersion as VersionMessage,
} from "@palate/proto/recipe";
import { Field, Float, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { UserError } from "../../errors/user-error.js";
import { versionReportPath } from "../../public-paths.js";
import { connectionType } from "../common/connection.js";
import { toGlobalId } from "../common/global-id.js";
import { Metric, NameValue, toPairs } from "../common/name-value.js";
import { Node } from "../common/node.js";
import { DateTime, ID, ResourceStatus, SafeInt, timeOrNull } from "../common/scalars.js";
import { CheckpointQuality, Evaluation } from "./evaluation.js";
import { DataStatistics, TrainingProgress } from "./training-progress.js";
import { Trial } from "./trial.js";

const TrainingMode = {
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

const TrainingType = {
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

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: "One training of a solution, and the model it made.",
})
export class SolutionVersion implements Node {
  /** Global id. */
  get id(): string {
    return toGlobalId("SolutionVersion", this.datasetGroup, this.solution, this.versionId);
  }

  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  @Field(() => String, { description: "Name of the solution." })
  solution!: string;

  @Field(() => String, { description: "Eight hexadecimal digits." })
  versionId!: string;

  @Field(() => String, { description: "Name of the recipe." })
  recipe!: string;

  @Field(() => ResourceStatus, { description: "Where it is in its life." })
  status!: number;

  @Field(() => String, { nullable: true, description: "Why it failed; null when it did not." })
  failureReason!: string | null;

  @Field(() => [NameValue], { description: "Every hyperparameter with the value in force, by name." })
  hyperparameters!: NameValue[];

  @Field(() => TrainingMode, { description: "Whether it started from the version before." })
  trainingMode!: number;

  @Field(() => TrainingType, { description: "Who asked for it." })
  trainingType!: number;

  @Field(() => [NameValue], {
    description: "The hyperparameters that optimisation chose, which are among hyperparameters too; empty without it.",
  })
  tunedHyperparameters!: NameValue[];

  @Field(() => [Trial], { description: "What optimisation or the choice of the recipe has tried so far, in order." })
  trials!: Trial[];

  @Field(() => SafeInt, { description: "Seed of every random draw." })
  seed!: number;

  @Field(() => TrainingProgress, { nullable: true, description: "How far training is; null before its first report." })
  progress!: TrainingProgress | null;

  @Field(() => [Metric], {
    description: "Metrics on held-out data by Amazon Personalize's names; empty until they are measured.",
  })
  metrics!: Metric[];

  @Field(() => [Metric], {
    description:
      "The same metrics of the baseline on the same held-out data, which the model has to beat: the simplest thing one could do instead. Of recipes that recommend items it is the most popular items, of those that find users the most active users; evaluation.baseline says it.",
  })
  baselineMetrics!: Metric[];

  @Field(() => Evaluation, {
    nullable: true,
    description: "What stands behind the metrics: intervals, popular and rare items, calibration; null until measured.",
  })
  evaluation!: Evaluation | null;

  @Field(() => [CheckpointQuality], {
    description: "Every checkpoint that can serve, oldest first: how quality grew with training.",
  })
  checkpointHistory!: CheckpointQuality[];

  @Field(() => String, {
    description:
      "Where this gateway serves a page about the version: plots and tables of its quality, training and data, as one HTML file that can be stored and opened without a network.",
  })
  get reportUrl(): string {
    return versionReportPath(this.datasetGroup, this.solution, this.versionId);
  }

  @Field(() => DataStatistics, { nullable: true, description: "What it was trained on; null until the data was read." })
  dataStatistics!: DataStatistics | null;

  @Field(() => String, { description: 'Tensor backend: "native", "wasm", or "none" for counting models.' })
  backend!: string;

  @Field(() => Float, { description: "Seconds from start to end of training." })
  trainingSeconds!: number;

  @Field(() => Int, {
    description: "How many checkpoints can serve; a campaign can use the version as soon as there is one.",
  })
  checkpoints!: number;

  @Field(() => String, { description: "SHA-256 of the newest model file in hexadecimal; empty before the first." })
  sha256!: string;

  @Field(() => SafeInt, { description: "Bytes of the newest model file." })
  modelBytes!: number;

  @Field(() => DateTime, { nullable: true, description: "When training was asked for." })
  createdAt!: number | null;

  @Field(() => DateTime, { nullable: true, description: "When it last changed." })
  updatedAt!: number | null;

  @Field(() => DateTime, {
    nullable: true,
    description:
      "When users or items were last deleted since the version read its data: what was learnt from them is still in the model until another version is trained. Null when none were.",
  })
  dataDeletedAt!: number | null;

  /** From the proto's message. */
  static from(message: VersionMessage): SolutionVersion {
    return Object.assign(new SolutionVersion(), {
      datasetGroup: message.datasetGroup,
      solution: message.solution,
      versionId: message.versionId,
      recipe: message.recipe,
      status: message.status,
      failureReason: message.failureReason || null,
      hyperparameters: toPairs(message.hyperparameters),
      trainingMode: message.trainingMode,
      trainingType: message.trainingType,
      tunedHyperparameters: toPairs(message.tunedHyperparameters),
      trials: message.trials.map(Trial.from),
      seed: message.seed,
      progress: message.progress ? TrainingProgress.from(message.progress) : null,
      metrics: toPairs(message.metrics),
      baselineMetrics: toPairs(message.baselineMetrics),
      evaluation: message.evaluation ? Evaluation.from(message.evaluation) : null,
      checkpointHistory: message.checkpointHistory.map(CheckpointQuality.from),
      dataStatistics: message.dataStatistics ?? null,
      backend: message.backend,
      trainingSeconds: message.trainingSeconds,
      checkpoints: message.checkpoints,
      sha256: message.sha256,
      modelBytes: message.modelBytes,
      createdAt: timeOrNull(message.createdAtMs),
      updatedAt: timeOrNull(message.updatedAtMs),
      dataDeletedAt: timeOrNull(message.dataDeletedAtMs),
    });
  }
}

/** A page of solution versions. */
export const SolutionVersionConnection = connectionType(SolutionVersion, "SolutionVersion");

@InputType({ description: "Input of createSolutionVersion." })
export class CreateSolutionVersionInput {
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  @Field(() => String, { description: "Name of the solution to train." })
  solution!: string;

  @Field(() => SafeInt, {
    nullable: true,
    description: "Seed of every random draw; absent means 42. The same data, seed and backend give the same model.",
  })
  seed?: number | null;

  @Field(() => TrainingMode, {
    nullable: true,
    description: "Learn everything anew (FULL, the default), or start from the newest finished version (UPDATE).",
  })
  trainingMode?: number | null;

  @Field(() => ID, {
    nullable: true,
    description: "Any text of your own; a retry with the same one returns the version that the first call created.",
  })
  requestId?: string | null;
}

@InputType({ description: "Input of stopSolutionVersionCreation." })
export class StopSolutionVersionCreationInput {
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  @Field(() => String, { description: "Name of the solution." })
  solution!: string;

  @Field(() => String, { description: "Id of the version whose training is to stop." })
  versionId!: string;
}

@ObjectType({
  simpleResolvers: true,
  description: "Payload of createSolutionVersion and stopSolutionVersionCreation.",
})
export class SolutionVersionPayload {
  @Field(() => SolutionVersion, {
    nullable: true,
    description: "The version as it is now; null when userErrors has entries.",
  })
  solutionVersion?: SolutionVersion;

  @Field(() => [UserError], { description: "What to put right; empty on success." })
  userErrors!: UserError[];
}
