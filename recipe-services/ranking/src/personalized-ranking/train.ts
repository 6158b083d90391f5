import type { ListSource, TrainingInput, TrainingResult } from "@palate/recipe";
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
  const own = {
    ...input,
    everything: withUsers(everything, stay),
    fit: withUsers(fit, stay),
    // Amazon's names for what the sequence model calls otherwise.
    hyperparameters: {
      ...hyperparameters,
      max_sequence_length: number("bptt"),
      apply_recency_bias: hyperparameters["recency_mask"] as boolean,
    },
  };
  return trainRanking(own, hyperparameters["list_source"] as ListSource);
}
