import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import { handlersFor, type Logger, type ServedService } from "@palate/host";
import { ApiKeyServiceService } from "@palate/proto/dataset";
import type * as api from "@palate/proto/dataset";
import { pageOf } from "../schema/names.js";
import type { ApiKeyDocument } from "./api-key-documents.js";
import type { ApiKeys } from "./api-keys.js";

/** `palate.dataset.v1.ApiKeyService`. */
export function apiKeyService(keys: ApiKeys, logger: Logger): ServedService {
  const on = handlersFor(logger);
  const implementation: UntypedServiceImplementation = {
    createApiKey: on.unary("CreateApiKey", async (request: api.CreateApiKeyRequest, { caller }) => {
      const { document, key } = await keys.create(request, caller);
      return { apiKey: message(document), key };
    }),
    listApiKeys: on.unary("ListApiKeys", async ({ pageSize, pageToken }: api.ListApiKeysRequest, { caller }) => {
      const page = pageOf(await keys.list(caller?.groups), ({ _id }) => _id, pageSize, pageToken);
      return { apiKeys: page.rows.map(message), nextPageToken: page.nextPageToken };
    }),
    rotateApiKey: on.unary("RotateApiKey", async ({ id, overlapSeconds }: api.RotateApiKeyRequest, { caller }) => {
      const { document, key } = await keys.rotate(id, overlapSeconds, caller);
      return { apiKey: message(document), key };
    }),
    deleteApiKey: on.unary("DeleteApiKey", async ({ id }: api.DeleteApiKeyRequest, { caller }) => {
      await keys.delete(id, caller);
      return {};
    }),
    readApiKeyHashes: on.unary("ReadApiKeyHashes", async () => ({ keys: (await keys.list()).map(hashes) })),
  };
  return { name: "palate.dataset.v1.ApiKeyService", definition: ApiKeyServiceService, implementation };
}

function message(document: ApiKeyDocument): api.ApiKey {
  const { _id: id, name, roles, groups, previous, createdAtMs, expiresAtMs, rotatedAtMs } = document;
  return {
    ...{ id, name, createdAtMs, expiresAtMs, rotatedAtMs },
    roles: [...roles],
    datasetGroups: [...(groups ?? [])],
    allDatasetGroups: groups === null,
    previousExpiresAtMs: previous?.expiresAtMs ?? 0,
  };
}

function hashes(document: ApiKeyDocument): api.ApiKeyHash {
  return {
    apiKey: message(document),
    hash: Buffer.from(document.hash, "base64url"),
    previousHash: Buffer.from(document.previous?.hash ?? "", "base64url"),
  };
}
