import { CaseTable, finished, replicaViewOf, segmentSplit, type Evaluation, type TrainingData } from "@palate/recipe";
import { fromArtifact, type ClusteringModel } from "./artifact.js";
import { assign, silhouette } from "./k-means.js";
import { ClusterMembers } from "./members.js";
import { userVectors } from "./model.js";

/** The cluster of each user, -1 for those without a known item. */
function clustersOf(model: ClusteringModel, data: TrainingData): Int16Array {
  const members = new ClusterMembers(model, replicaViewOf(data));
  finished(members.update());
  return members.clusters;
}

/**
 * Clusters have no ground truth, so two properties of good ones are measured. `agreement`: the share of users whose newest
 * 20 % of interactions, held out, would by themselves put them into the same cluster as the other 80 %; its baseline is a
 * random assignment to clusters of the same sizes. `silhouette`: how well clusters are separated, 0 to 1. `coverage` is the
 * share of users that are in a cluster.
 */
export const evaluation: Evaluation = {
  primaryMetric: "agreement",
  baseline: "putting users into clusters of the same sizes at random",
  holdOut(data, { seed }) {
    const { fit, next } = segmentSplit(data);
    const all = Int32Array.from(fit.userIds, (_, user) => user);
    const active = all.filter((user) => fit.offsets[user + 1]! > fit.offsets[user]!);
    return {
      fit,
      cases: active.filter((user) => next.offsets[user + 1]! > next.offsets[user]!).length,
      measure(artifact) {
        const model = fromArtifact(artifact);
        const [before, after] = [clustersOf(model, fit), clustersOf(model, next)];
        const [sizes, sizesAfter] = [before, after].map(() => new Float64Array(model.descriptions.length)) as [
          Float64Array,
          Float64Array,
        ];
        const users = new CaseTable();
        before.forEach((cluster, user) => {
          if (cluster < 0 || after[user]! < 0) return;
          sizes[cluster]!++;
          sizesAfter[after[user]!]!++;
          users.add({ agreement: cluster === after[user] ? 1 : 0 });
        });
        const chance = sizes.reduce((sum, size, cluster) => sum + size * sizesAfter[cluster]!, 0) / users.length ** 2;
        const coverage = before.filter((cluster) => cluster >= 0).length / Math.max(1, before.length);
        return {
          metrics: {
            ...users.means(),
            silhouette: silhouette(assign(userVectors(model, fit, active), model.centers)),
            clusters: model.descriptions.length,
            coverage,
          },
          baseline: { agreement: chance },
          details: { cases: users.length, intervals: users.intervals(seed), quintiles: [] },
        };
      },
    };
  },
};
