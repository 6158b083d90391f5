import type { KeyRing } from "@palate/encryption";
import path from "node:path";
import type { DatasetsConfig } from "./config.js";
import { Locations } from "./imports/locations.js";
import { HttpFiles } from "./imports/sources/http-files.js";
import { LocalFiles } from "./imports/sources/local-files.js";
import type { S3Settings } from "./imports/sources/s3-client.js";
import { S3Files } from "./imports/sources/s3-files.js";
import { Uploads } from "./imports/sources/uploads.js";

const MEBIBYTE = 1024 * 1024;

/**
 * The places that imports may read from, as the configuration allows them.
 * @param folder the service's data folder, which uploads are kept in
 * @param keys with which uploads are encrypted
 */
export function openLocations(config: DatasetsConfig, folder: string, keys: KeyRing): Locations {
  const idleMs = config.importIdleSeconds * 1000;
  const rules = { allowedHosts: config.importAllowedHosts, idleMs };
  return new Locations({
    local: new LocalFiles(config.importFolders),
    uploads: new Uploads(path.join(folder, "uploads"), keys, {
      maxBytes: config.maxUploadMb * MEBIBYTE,
      maxTotalBytes: config.maxUploadsMb * MEBIBYTE,
    }),
    http: config.importHttp ? new HttpFiles(rules, config.maxImportMb * MEBIBYTE) : undefined,
    s3: new S3Files({ ...s3Settings(config), buckets: config.s3Buckets }),
  });
}

/** How S3 is reached, without what of it may be used. */
export function s3Settings(config: DatasetsConfig): Omit<S3Settings, "buckets"> {
  return {
    endpoint: config.s3Endpoint,
    region: config.s3Region,
    accessKeyId: config.s3AccessKeyId,
    secretAccessKey: config.s3SecretAccessKey,
    sessionToken: config.s3SessionToken,
    idleMs: config.importIdleSeconds * 1000,
  };
}
