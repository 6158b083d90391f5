import { covers, failedPrecondition, invalidArgument, permissionDenied, withIncluded } from "@palate/host";
import { Arg, Args, Ctx, Mutation, Query, Resolver } from "type-graphql";
import { collectPages } from "../../clients/collect-pages.js";
import { payload } from "../../errors/user-errors.js";
import { PageArgs, paginate, type Connection } from "../common/connection.js";
import type { GatewayContext } from "../common/context.js";
import { DeletePayload } from "../common/delete-payload.js";
import { present } from "../common/or-null.js";
import {
  AccessTokenPayload,
  ApiKey,
  ApiKeyConnection,
  ApiKeyPayload,
  CreateAccessTokenInput,
  CreateApiKeyInput,
  DeleteApiKeyInput,
  RotateApiKeyInput,
} from "./types.js";

const MAX_LIFETIME_SECONDS = 3_600;

/** API keys, and tokens for calls over gRPC. */
@Resolver()
export class ApiKeyResolver {
  @Query(() => ApiKeyConnection, { nullable: true, description: "API keys that reach no more than the caller, by id." })
  async apiKeys(@Args(() => PageArgs) page: PageArgs, @Ctx() context: GatewayContext): Promise<Connection<ApiKey>> {
    const { apiKeys, asking, maxFirst } = context;
    const rows = await collectPages(async (pageSize, pageToken) => {
      const response = await apiKeys.call(apiKeys.client.listApiKeys, { pageSize, pageToken }, asking);
      return { rows: response.apiKeys, nextPageToken: response.nextPageToken };
    });
    return paginate(rows.map(ApiKey.from), ({ keyId }) => keyId, page, maxFirst);
  }

  @Mutation(() => ApiKeyPayload, { nullable: true, description: "Makes an API key, and shows it this once." })
  createApiKey(
    @Arg("input", () => CreateApiKeyInput, { description: "What to create." }) input: CreateApiKeyInput,
    @Ctx() { apiKeys, asking }: GatewayContext,
  ): Promise<ApiKeyPayload> {
    return payload(ApiKeyPayload, async () => {
      const { name, roles, datasetGroups, expiresInSeconds } = input;
      const groups = { datasetGroups: datasetGroups ?? [], allDatasetGroups: (datasetGroups ?? null) === null };
      const request = { name, roles, ...groups, expiresInSeconds: expiresInSeconds ?? 0 };
      const { apiKey, key } = await apiKeys.call(apiKeys.client.createApiKey, request, asking);
      return { apiKey: ApiKey.from(present(apiKey)), key };
    });
  }

  @Mutation(() => ApiKeyPayload, {
    nullable: true,
    description: "Gives an API key another secret, and shows it this once. The one before stays good for a while.",
  })
  rotateApiKey(
    @Arg("input", () => RotateApiKeyInput, { description: "Which, and for how long." }) input: RotateApiKeyInput,
    @Ctx() { apiKeys, asking }: GatewayContext,
  ): Promise<ApiKeyPayload> {
    return payload(ApiKeyPayload, async () => {
      const request = { id: input.keyId, overlapSeconds: input.overlapSeconds };
      const { apiKey, key } = await apiKeys.call(apiKeys.client.rotateApiKey, request, asking);
      return { apiKey: ApiKey.from(present(apiKey)), key };
    });
  }

  @Mutation(() => DeletePayload, { nullable: true, description: "Deletes an API key; it is refused within seconds." })
  deleteApiKey(
    @Arg("input", () => DeleteApiKeyInput, { description: "Which." }) { keyId }: DeleteApiKeyInput,
    @Ctx() { apiKeys, asking }: GatewayContext,
  ): Promise<DeletePayload> {
    return payload(DeletePayload, async () => {
      await apiKeys.call(apiKeys.client.deleteApiKey, { id: keyId }, asking);
      return { deleted: true };
    });
  }

  @Mutation(() => AccessTokenPayload, {
    nullable: true,
    description:
      "Makes a token for calling services over gRPC, with the caller's rights or fewer. It cannot be taken back.",
  })
  createAccessToken(
    @Arg("input", () => CreateAccessTokenInput, { description: "What the token is good for." })
    { roles, datasetGroups, lifetimeSeconds }: CreateAccessTokenInput,
    @Ctx() { caller, tokens }: GatewayContext,
  ): Promise<AccessTokenPayload> {
    return payload(AccessTokenPayload, async () => {
      if (tokens === undefined)
        throw failedPrecondition(
          "Services ask nobody who they are: PALATE_IDENTITIES is not on, and no token is needed.",
        );
      if (lifetimeSeconds < 1 || lifetimeSeconds > MAX_LIFETIME_SECONDS) {
        const message = `is ${lifetimeSeconds}; from 1 to ${MAX_LIFETIME_SECONDS} is right`;
        throw invalidArgument(`lifetimeSeconds ${message}.`, [{ field: "lifetimeSeconds", message }]);
      }
      const wanted = {
        roles: roles ? withIncluded(roles) : caller.roles,
        groups: datasetGroups ? new Set(datasetGroups) : caller.groups,
      };
      const missing = [...wanted.roles].find((role) => !caller.roles.has(role));
      if (missing !== undefined || !covers(caller.groups, wanted.groups))
        throw permissionDenied(
          "The token would be good for more than its maker is; ask for fewer roles or dataset groups.",
        );
      const token = tokens.sign({ ...caller, ...wanted }, lifetimeSeconds);
      return { token, expiresAt: new Date(Date.now() + lifetimeSeconds * 1_000) };
    });
  }
}
