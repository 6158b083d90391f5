import type { ListSource, TrainingData, TrainingInput, TrainingResult } from "@palate/kit/recipe";
import { newerCountsMore } from "../recency-weights.js";
import { trainRanking } from "../train.js";
import { usersWithin, withUsers } from "./history-lengths.js";

/** Trains on users whose histories are neither too short nor too long; see {@link trainRanking}. */
export function train(input: TrainingInput): Promise<TrainingResult> {
  const { everything, fit, hyperparameters } = input;
  const number = (name: string): number => hyperparameters[name] as number;
  const stay = usersWithin(
    everything,
    number("min_user_history_length_percentile"),
    number("max_user_history_length_percentile"),
  );
  const learned = (data: TrainingData): TrainingData => {
    const rest = withUsers(data, stay);
    return hyperparameters["recency_mask"] === true ? newerCountsMore(rest) : rest;
  };
  const own = {
    ...input,
    everything: learned(everything),
    fit: learned(fit),
    hyperparameters: { ...hyperparameters, max_sequence_length: number("bptt") },
  };
  return trainRanking(own, hyperparameters["list_source"] as ListSource);
}
