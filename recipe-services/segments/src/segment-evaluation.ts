import { Random } from "@palate/numeric";
import {
  compared,
  finished,
  mostActiveUsers,
  replicaViewOf,
  sample,
  segmentSplit,
  type Artifact,
  type Evaluated,
  type Evaluation,
  type FindUsers,
  type ReplicaView,
  type SegmentModel,
  type TrainingData,
} from "@palate/recipe";

/** What an affinity recipe is measured on. */
export interface SegmentCases<Case> {
  /** The recipe's own, which makes a model ready to answer. */
  load(artifact: Artifact, replica: ReplicaView): SegmentModel;
  /** Most cases, unless the caller says otherwise; more are sampled. */
  readonly maximumCases: number;
  /** The queries, and which users are right, from the data to learn from and the held-out data. */
  casesOf(fit: TrainingData, next: TrainingData): Case[];
  /** Measures answers. */
  measure(
    find: FindUsers,
    cases: readonly Case[],
    held: { replica: ReplicaView; next: TrainingData; seed: number },
  ): Evaluated;
}

/**
 * Amazon Personalize's protocol for segments: the newest 20 % of everybody's interactions are held out, and the most active
 * users are the baseline.
 */
export function segmentEvaluation<Case>({
  load,
  maximumCases: most,
  casesOf,
  measure,
}: SegmentCases<Case>): Evaluation {
  return {
    primaryMetric: "recall_at_1_percent",
    baseline: "the most active users",
    holdOut(data, { seed, maximumCases = most }) {
      const { fit, next } = segmentSplit(data);
      const cases = sample(casesOf(fit, next), maximumCases, new Random(seed));
      const replica = replicaViewOf(fit);
      const held = { replica, next, seed };
      let baseline: Evaluated | undefined;
      return {
        fit,
        cases: cases.length,
        measure(artifact) {
          const model = load(artifact, replica);
          baseline ??= measure(mostActiveUsers(replica), cases, held);
          const found = measure((query) => finished(model.segment(query)), cases, held);
          return compared(found, baseline, seed);
        },
      };
    },
  };
}
