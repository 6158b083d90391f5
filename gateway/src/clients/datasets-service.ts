import { ApiKeyServiceClient, AuditServiceClient, DatasetServiceClient } from "@palate/proto/dataset";
import { ServiceLink, type LinkSettings } from "./service-link.js";

/** What the datasets service is called in error messages and at /readyz. */
export const DATASETS_SERVICE = "datasets";

/** Connects to the datasets service; nothing is sent until the first call. */
export function linkDatasets(address: string, settings: LinkSettings): ServiceLink<DatasetServiceClient> {
  return new ServiceLink(() => DATASETS_SERVICE, DatasetServiceClient, address, settings);
}

/** Connects to the audit log, which the datasets service keeps; nothing is sent until the first call. */
export function linkAuditLog(address: string, settings: LinkSettings): ServiceLink<AuditServiceClient> {
  return new ServiceLink(() => DATASETS_SERVICE, AuditServiceClient, address, settings);
}

/** Connects to the API keys, which the datasets service keeps; nothing is sent until the first call. */
export function linkApiKeys(address: string, settings: LinkSettings): ServiceLink<ApiKeyServiceClient> {
  return new ServiceLink(() => DATASETS_SERVICE, ApiKeyServiceClient, address, settings);
}
