import type { ApiKey as ApiKeyMessage } from "@palate/proto/dataset";
import { ROLES, type Role } from "@palate/host";
import { Field, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { UserError } from "../../errors/user-error.js";
import { connectionType } from "../common/connection.js";
import { DateTime, timeOrNull } from "../common/scalars.js";

/** The roles as an enumeration of GraphQL's. */
const RoleEnum = Object.fromEntries(ROLES.map((role) => [role.toUpperCase(), role])) as Record<Uppercase<Role>, Role>;

registerEnumType(RoleEnum, {
  name: "Role",
  description: "What a caller may do.",
  valuesConfig: {
    READ: { description: "Ask for recommendations and resources." },
    EVENTS: { description: "Send events, items, users and actions." },
    MANAGE: { description: "Create, change and delete resources and data; includes READ and EVENTS." },
    ADMIN: { description: "Make API keys and read the audit log too; includes all others." },
  },
});

@ObjectType({ simpleResolvers: true, description: "An API key, without its secret." })
export class ApiKey {
  @Field(() => String, { description: "Its id, which is not secret: the middle part of the key." })
  keyId!: string;

  @Field(() => String, { description: "What people call it." })
  name!: string;

  @Field(() => [RoleEnum], { description: "What it may do." })
  roles!: Role[];

  @Field(() => [String], { nullable: true, description: "The dataset groups that it reaches; null means all." })
  datasetGroups!: string[] | null;

  @Field(() => DateTime, { nullable: true, description: "When it was created." })
  createdAt!: number | null;

  @Field(() => DateTime, { nullable: true, description: "From when on it is refused; null means never." })
  expiresAt!: number | null;

  @Field(() => DateTime, { nullable: true, description: "When it last got another secret." })
  rotatedAt!: number | null;

  @Field(() => DateTime, {
    nullable: true,
    description: "Until when the secret before stays good; null when there is none.",
  })
  previousExpiresAt!: number | null;

  /** From the proto's message. */
  static from(message: ApiKeyMessage): ApiKey {
    const { id, name, roles, datasetGroups, allDatasetGroups } = message;
    return Object.assign(new ApiKey(), {
      ...{ keyId: id, name, roles },
      datasetGroups: allDatasetGroups ? null : datasetGroups,
      createdAt: timeOrNull(message.createdAtMs),
      expiresAt: timeOrNull(message.expiresAtMs),
      rotatedAt: timeOrNull(message.rotatedAtMs),
      previousExpiresAt: timeOrNull(message.previousExpiresAtMs),
    });
  }
}

/** A page of keys. */
export const ApiKeyConnection = connectionType(ApiKey, "ApiKey");

@InputType({ description: "Input of createApiKey." })
export class CreateApiKeyInput {
  @Field(() => String, { description: "What people call it, 1 to 100 characters." })
  name!: string;

  @Field(() => [RoleEnum], { description: "What it may do; no more than its maker may." })
  roles!: Role[];

  @Field(() => [String], {
    nullable: true,
    description: "The dataset groups that it reaches, which may be created later; null or absent means all.",
  })
  datasetGroups?: string[] | null;

  @Field(() => Int, { nullable: true, description: "Seconds for which it is good; null or absent means for ever." })
  expiresInSeconds?: number | null;
}

@InputType({ description: "Input of rotateApiKey." })
export class RotateApiKeyInput {
  @Field(() => String, { description: "The key's id." })
  keyId!: string;

  @Field(() => Int, {
    defaultValue: 86_400,
    description: "Seconds for which the secret before stays good, 0 to 2592000, so that programs can be changed over.",
  })
  overlapSeconds!: number;
}

@InputType({ description: "Input of deleteApiKey." })
export class DeleteApiKeyInput {
  @Field(() => String, { description: "The key's id." })
  keyId!: string;
}

@ObjectType({ simpleResolvers: true, description: "Payload of createApiKey and rotateApiKey." })
export class ApiKeyPayload {
  @Field(() => ApiKey, { nullable: true, description: "The key as stored; null when userErrors has entries." })
  apiKey?: ApiKey;

  @Field(() => String, {
    nullable: true,
    description: 'The key itself, to be sent as "authorization: Bearer KEY". It is shown this once.',
  })
  key?: string;

  @Field(() => [UserError], { description: "What to put right; empty on success." })
  userErrors!: UserError[];
}

@InputType({ description: "Input of createAccessToken." })
export class CreateAccessTokenInput {
  @Field(() => [RoleEnum], {
    nullable: true,
    description: "What its bearer may do; null or absent means what the caller may.",
  })
  roles?: Role[] | null;

  @Field(() => [String], {
    nullable: true,
    description: "The dataset groups that its bearer reaches; null or absent means the caller's.",
  })
  datasetGroups?: string[] | null;

  @Field(() => Int, { defaultValue: 900, description: "Seconds for which it is good, 1 to 3600." })
  lifetimeSeconds!: number;
}

@ObjectType({ simpleResolvers: true, description: "Payload of createAccessToken." })
export class AccessTokenPayload {
  @Field(() => String, {
    nullable: true,
    description: 'The token, to be sent to services over gRPC as the metadata "authorization: Bearer TOKEN".',
  })
  token?: string;

  @Field(() => DateTime, { nullable: true, description: "Until when it is good." })
  expiresAt?: Date;

  @Field(() => [UserError], { description: "What to put right; empty on success." })
  userErrors!: UserError[];
}
