import type { ChannelCredentials } from "@grpc/grpc-js";
import { AuditServiceClient, DatasetServiceClient } from "@palate/proto/dataset";
import { ServiceLink } from "./service-link.js";

/** What the datasets service is called in error messages and at /readyz. */
export const DATASETS_SERVICE = "datasets";

/** Connects to the datasets service; nothing is sent until the first call. */
export function linkDatasets(
  address: string,
  deadlineMs: number,
  channel: ChannelCredentials,
): ServiceLink<DatasetServiceClient> {
  return new ServiceLink(() => DATASETS_SERVICE, DatasetServiceClient, address, deadlineMs, channel);
}

/** Connects to the audit log, which the datasets service keeps; nothing is sent until the first call. */
export function linkAuditLog(
  address: string,
  deadlineMs: number,
  channel: ChannelCredentials,
): ServiceLink<AuditServiceClient> {
  return new ServiceLink(() => DATASETS_SERVICE, AuditServiceClient, address, deadlineMs, channel);
}
