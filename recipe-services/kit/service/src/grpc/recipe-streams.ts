import type { CallContext } from "@palate/host";
import {
  ResourceStatus,
  type ExportModelRequest,
  type ExportModelResponse,
  type WatchSolutionVersionRequest,
  type WatchSolutionVersionResponse,
} from "@palate/proto/recipe";
import type { ServiceParts } from "./service-parts.js";

const WATCH_EVERY_MS = 250;
const ENDED: readonly ResourceStatus[] = [
  ResourceStatus.RESOURCE_STATUS_ACTIVE,
  ResourceStatus.RESOURCE_STATUS_CREATE_FAILED,
  ResourceStatus.RESOURCE_STATUS_CREATE_STOPPED,
];

/** A solution version as it is, and again each time that it has changed, until its training has ended or the call is cancelled. */
export async function* watchVersion(
  { catalog, control }: Pick<ServiceParts, "catalog" | "control">,
  { datasetGroup, solution, versionId }: WatchSolutionVersionRequest,
  { signal }: CallContext,
): AsyncGenerator<WatchSolutionVersionResponse> {
  let last = "";
  while (!signal.aborted) {
    await catalog.refresh();
    const solutionVersion = await control.version(datasetGroup, solution, versionId);
    const state = `${solutionVersion.status}|${solutionVersion.progress?.reportedAtMs}|${solutionVersion.checkpoints}`;
    if (state !== last) yield { solutionVersion };
    last = state;
    if (ENDED.includes(solutionVersion.status)) return;
    await new Promise((resolve) => setTimeout(resolve, WATCH_EVERY_MS));
  }
}

/** The newest model file of a version, piece by piece; the first message has its SHA-256. */
export async function* exportModel(
  { control, store }: Pick<ServiceParts, "control" | "store">,
  { datasetGroup, solution, versionId }: ExportModelRequest,
): AsyncGenerator<ExportModelResponse> {
  const { key, checkpoint } = control.model(datasetGroup, solution, versionId);
  const { sha256, content } = await store.openRaw(key, checkpoint);
  let first = true;
  for await (const data of content) {
    yield { data: Buffer.from(data), sha256: first ? sha256 : "" };
    first = false;
  }
}
