import { hashOfDeletedId, unaryCall } from "@palate/host";
import type { DataDeletionJob, DatasetServiceClient } from "@palate/proto/dataset";
import type { BatchJobs } from "./batch/batch-jobs.js";
import type { ControlPlane } from "./control/control-plane.js";
import type { DeletionCascade } from "./control/group-watch.js";

/** Deletions in a page of the list. */
const PAGE = 1_000;

/** Deletes what a recipe service has made of a dataset group, or of users or items in it, when those are deleted. */
export function cascadeDeletion(
  control: ControlPlane,
  batch: BatchJobs,
  datasets: DatasetServiceClient,
): DeletionCascade {
  return {
    async deleted(group) {
      await batch.deleteAll(group);
      await control.deleteAll(group);
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
