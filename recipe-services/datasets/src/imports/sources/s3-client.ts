import type * as s3 from "@aws-sdk/client-s3";
import { invalidArgument } from "@palate/host";

/** How S3 is reached, and what of it may be used. */
export interface S3Settings {
  /** Address of an S3-compatible store; empty for Amazon's own. */
  readonly endpoint: string;
  /** Region. */
  readonly region: string;
  /** Access key; empty for the credentials that the process has (role, profile). */
  readonly accessKeyId: string;
  /** Secret of the access key. */
  readonly secretAccessKey: string;
  /** Token of temporary credentials; empty for lasting ones. */
  readonly sessionToken: string;
  /** What may be used: "bucket" or "bucket/prefix". */
  readonly buckets: readonly string[];
  /** Milliseconds without a byte after which a connection is given up. */
  readonly idleMs: number;
}

/** A place in a store. */
export interface S3Place {
  readonly bucket: string;
  readonly key: string;
}

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** Takes "s3://BUCKET/KEY" apart. Throws `invalid_argument` when it is not of that form. */
export function parseLocation(location: string): S3Place {
  const [, bucket = "", key = ""] = /^s3:\/\/([^/]*)\/?(.*)$/s.exec(location) ?? [];
  if (!BUCKET.test(bucket)) throw invalidArgument(`"${location}" is not of the form s3://BUCKET/PREFIX.`);
  return { bucket, key };
}

/** Whether a place is in one of some buckets, or below a prefix of one. */
export function isAllowed({ bucket, key }: S3Place, buckets: readonly string[]): boolean {
  return buckets.some((entry) => {
    const [name = "", prefix = ""] = entry.replace(/\/+$/, "").split(/\/(.*)/s);
    return name === bucket && (prefix === "" || key === prefix || key.startsWith(`${prefix}/`));
  });
}

/** Makes a client. The library is loaded on first use: most installations never need it. */
export async function connectS3(settings: S3Settings): Promise<s3.S3Client> {
  const { endpoint, region, accessKeyId, secretAccessKey, sessionToken, idleMs } = settings;
  const { S3Client: Client } = await import("@aws-sdk/client-s3");
  return new Client({
    region,
    // Other stores than Amazon's rarely have a name for each bucket.
    ...(endpoint !== "" && { endpoint, forcePathStyle: true }),
    ...(accessKeyId !== "" && {
      credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== "" && { sessionToken }) },
    }),
    requestHandler: { connectionTimeout: 10_000, requestTimeout: idleMs, socketTimeout: idleMs },
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
}
