import type { ServiceError } from "@grpc/grpc-js";
import {
  fromGrpcError,
  HTTP_PERMISSIONS,
  invalidArgument,
  PalateError,
  refusalOf,
  toPalateError,
  type Logger,
} from "@palate/host";
import type { DatasetServiceClient, UploadFileResponse } from "@palate/proto/dataset";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Caller } from "../access/caller.js";
import { DATASETS_SERVICE } from "../clients/datasets-service.js";
import type { ServiceLink } from "../clients/service-link.js";
import { toRemoteError } from "../errors/remote-error.js";
import { refuse, sendJson } from "./send.js";

/** Longest message of UploadFile. */
const MAX_CHUNK_BYTES = 1024 * 1024;

const PERMISSION = HTTP_PERMISSIONS["/uploads"]!;

/**
 * Makes the handler of POST /uploads?name=FILE, which passes the raw body on to the datasets service as it arrives: what
 * is in memory is one chunk, and a slow service slows the client down. Answers `{ location, bytes }`.
 * @param maxBytes largest file
 * @param idleMs milliseconds without progress after which the upload is given up
 */
export function uploadHandler(
  datasets: ServiceLink<DatasetServiceClient>,
  maxBytes: number,
  idleMs: number,
  logger: Logger,
) {
  return async (
    request: IncomingMessage,
    response: ServerResponse,
    { query, caller }: { readonly query: URLSearchParams; readonly caller: Caller },
  ): Promise<void> => {
    const refusal = refusalOf(caller, PERMISSION, "Uploading", {});
    if (refusal) return refuse(request, response, undefined, refusal);
    const fileName = query.get("name") ?? "";
    if (fileName === "") {
      return refuse(request, response, 400, invalidArgument("Say the file's name: POST /uploads?name=items.csv.gz."));
    }
    const tooLong = invalidArgument(`The file is longer than the limit of ${maxBytes} bytes.`);
    if (Number(request.headers["content-length"] ?? 0) > maxBytes) return refuse(request, response, 413, tooLong);
    try {
      const stored = await passOn(datasets, fileName, request, { caller, maxBytes, tooLong, idleMs });
      sendJson(response, 201, stored);
    } catch (thrown) {
      const error = toPalateError(thrown);
      if (error.code === "internal") logger.error({ err: error.cause ?? error, fileName }, "upload failed");
      refuse(request, response, error === tooLong ? 413 : undefined, error);
    }
  };
}

/** Whose an upload is, and what it must keep within. */
interface UploadLimits {
  /** Who uploads. */
  readonly caller: Caller;
  /** Largest file. */
  readonly maxBytes: number;
  /** The error of a larger one. */
  readonly tooLong: PalateError;
  /** Milliseconds that it may stand still. */
  readonly idleMs: number;
}

async function passOn(
  datasets: ServiceLink<DatasetServiceClient>,
  fileName: string,
  request: IncomingMessage,
  { caller, maxBytes, tooLong, idleMs }: UploadLimits,
): Promise<UploadFileResponse> {
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => (fail = reject));
  let timer = setTimeout(() => {}, 0);
  const progress = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      fail(new PalateError("deadline_exceeded", `The upload made no progress for ${idleMs} ms.`));
    }, idleMs);
  };
  const answered = new Promise<UploadFileResponse>((resolve, reject) => {
    // No deadline on the whole: a large file over a slow line takes its time. Only standing still ends it.
    const call = datasets.client.uploadFile(datasets.metadataFor(caller), (error: ServiceError | null, stored) =>
      error ? reject(toRemoteError(DATASETS_SERVICE, fromGrpcError(error), idleMs)) : resolve(stored),
    );
    void Promise.race([failed, send(call)]).catch((thrown: unknown) => {
      reject(thrown);
      call.cancel();
    });
    async function send(stream: typeof call): Promise<void> {
      let bytes = 0;
      stream.write({ fileName, data: Buffer.alloc(0) });
      // Leaving the loop must not close the connection: the refusal still has to go out on it.
      for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        progress();
        bytes += chunk.length;
        if (bytes > maxBytes) throw tooLong;
        for (let at = 0; at < chunk.length; at += MAX_CHUNK_BYTES) {
          const data = chunk.subarray(at, at + MAX_CHUNK_BYTES);
          if (!stream.write({ fileName: "", data })) await once(stream, "drain");
        }
      }
      stream.end();
    }
  });
  request.once("close", () => {
    if (!request.complete) fail(new PalateError("cancelled", "The client went away."));
  });
  progress();
  try {
    return await answered;
  } finally {
    clearTimeout(timer);
    failed.catch(() => {});
  }
}
