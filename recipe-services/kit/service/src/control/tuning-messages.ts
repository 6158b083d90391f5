import { TrainingMode, TrainingType, TrialStatus, type Solution, type SolutionVersion } from "@palate/proto/recipe";
import type { SelectionDocument, SolutionDocument, TrialDocument, VersionDocument } from "@palate/store";
import { schedulingExpression } from "./schedule.js";

type SolutionTuning = Pick<
  Solution,
  "performHpo" | "hpoConfig" | "performAutoMl" | "autoMlConfig" | "performAutoTraining" | "schedulingExpression"
>;
type VersionTuning = Pick<SolutionVersion, "trainingMode" | "trainingType" | "tunedHyperparameters" | "trials">;

/** What a solution's trainings search for, and when they start by themselves, as the API describes it. */
export function solutionTuning({ tuning, trainsEvery }: SolutionDocument): SolutionTuning {
  const { hpo, autoMl } = tuning ?? { hpo: null, autoMl: null };
  return {
    performHpo: hpo !== null,
    hpoConfig: hpo
      ? {
          objectiveMetric: hpo.metric || undefined,
          minimize: hpo.minimize,
          maxNumberOfTrainingJobs: hpo.trials,
          maxParallelTrainingJobs: hpo.parallel,
          numericRanges: hpo.numeric.map(({ name, minimum, maximum }) => ({
            name,
            minValue: minimum,
            maxValue: maximum,
          })),
          categoricalRanges: hpo.categorical.map(({ name, values }) => ({ name, values: [...values] })),
        }
      : undefined,
    performAutoMl: autoMl !== null,
    autoMlConfig: autoMl ? { metricName: autoMl.metric || undefined, recipeList: [...autoMl.recipes] } : undefined,
    performAutoTraining: trainsEvery !== undefined,
    schedulingExpression: trainsEvery === undefined ? "" : schedulingExpression(trainsEvery),
  };
}

/** How a version was trained and tuned, as the API describes it. */
export function versionTuning(
  { trainingMode, trainingType }: VersionDocument,
  selection: SelectionDocument | undefined,
  trials: readonly TrialDocument[],
): VersionTuning {
  return {
    trainingMode: trainingMode === "UPDATE" ? TrainingMode.TRAINING_MODE_UPDATE : TrainingMode.TRAINING_MODE_FULL,
    trainingType:
      trainingType === "AUTOMATIC" ? TrainingType.TRAINING_TYPE_AUTOMATIC : TrainingType.TRAINING_TYPE_MANUAL,
    tunedHyperparameters: { ...selection?.tuned },
    trials: trials.map((trial) => ({
      number: trial.number,
      recipe: trial.recipe,
      hyperparameters: { ...trial.values },
      budget: trial.budget,
      status: trial.objective === null ? TrialStatus.TRIAL_STATUS_FAILED : TrialStatus.TRIAL_STATUS_COMPLETED,
      objective: trial.objective ?? 0,
      metrics: { ...trial.metrics },
      seconds: trial.seconds,
      failureReason: trial.failureReason,
      chosen: trial.number === selection?.trial,
    })),
  };
}
