import { hashOfDeletedId, unaryCall } from "@palate/host";
import type { DataDeletionJob, DatasetServiceClient } from "@palate/proto/dataset";
import type { BatchJobs } from "./batch/batch-jobs.js";
import type { ControlPlane } from "./control/control-plane.js";
import type { GroupConsequences } from "./control/group-watch.js";

/** Deletions asked for at a time. */
const PAGE = 1_000;

/** What follows in a recipe service when a dataset group, or users or items in it, are deleted. */
export function consequencesOf(
  control: ControlPlane,
  batch: BatchJobs,
  datasets: DatasetServiceClient,
): GroupConsequences {
  return {
    async deleted(datasetGroup, at) {
      await batch.deleteAll(datasetGroup, at);
      await control.deleteAll(datasetGroup, at);
    },
    async erased(datasetGroup, since) {
      const deletions: DataDeletionJob[] = [];
      for (let pageToken = ""; ;) {
        const request = { datasetGroup, pageSize: PAGE, pageToken };
        const page = await unaryCall(datasets, datasets.listDataDeletionJobs, request);
        deletions.push(...page.dataDeletionJobs.filter(({ committedAtMs }) => committedAtMs > since));
        pageToken = page.nextPageToken;
        if (pageToken === "") break;
      }
      if (deletions.length === 0) return;
      const hashes = deletions.map(({ salt, idHashes }) => ({ salt, ids: new Set(idHashes) }));
      const isDeleted = (id: string): boolean => hashes.some(({ salt, ids }) => ids.has(hashOfDeletedId(salt, id)));
      await batch.erase(datasetGroup, isDeleted, Math.max(...deletions.map(({ committedAtMs }) => committedAtMs)));
    },
  };
}
