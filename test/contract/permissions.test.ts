import { Client, credentials, Metadata, status, type ServiceDefinition, type ServiceError } from "@grpc/grpc-js";
import { buildGraphqlSchema, printGraphqlSchema } from "@palate/gateway";
import {
  createLogger,
  GRAPHQL_PERMISSIONS,
  GRPC_PERMISSIONS,
  handlersFor,
  openIdentities,
  ROLES,
  startGrpcServer,
  withIncluded,
  type Permission,
  type Role,
  type RunningGrpcServer,
} from "@palate/host";
import * as dataset from "@palate/proto/dataset";
import * as recipe from "@palate/proto/recipe";
import { isEnumType, isInputObjectType, isListType, isNonNullType, type GraphQLInputType } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const tokens = openIdentities({
  ...{ identities: "on", identitySecret: "secret-of-the-tests-0123456789abcdef", identitySecretFile: "" },
  listen: "127.0.0.1:0",
})!;
const OURS = "ours";
const caller = (role: Role) => ({
  ...({ kind: "apiKey", id: role } as const),
  roles: withIncluded([role]),
  groups: new Set([OURS]),
});

/** Whether the table lets a caller of some dataset groups do this in one of them. */
function mayIn(role: Role, { role: needed, group }: Permission): boolean {
  return needed !== "service" && group.kind !== "all" && (needed === "any" || withIncluded([role]).has(needed));
}

describe("the permission table over gRPC", () => {
  const definitions = Object.entries({ ...dataset, ...recipe })
    .filter(([name]) => name.endsWith("ServiceService"))
    .map(([, value]) => value as unknown as ServiceDefinition);
  const methods = definitions.flatMap((definition) => Object.values(definition));
  let server: RunningGrpcServer;
  let client: Client;

  beforeAll(async () => {
    const on = handlersFor(createLogger("test", "silent"));
    const services = definitions.map((definition) => {
      const handlers = Object.entries(definition).map(
        ([name, { requestStream, responseStream, responseDeserialize }]) => {
          const answer = () => responseDeserialize(Buffer.alloc(0));
          async function* answers() {
            yield await Promise.resolve(answer());
          }
          if (requestStream && responseStream) return [name, on.bidiStream(name, answers)] as const;
          if (requestStream) return [name, on.clientStream(name, async () => answer())] as const;
          return [name, responseStream ? on.serverStream(name, answers) : on.unary(name, answer)] as const;
        },
      );
      const [first] = Object.values(definition);
      return { name: first!.path.split("/")[1]!, definition, implementation: Object.fromEntries(handlers) };
    });
    server = await startGrpcServer("127.0.0.1:0", services, undefined, tokens);
    client = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure());
  });
  afterAll(async () => {
    client.close();
    await server.close(0);
  });

  /** Calls a method with nothing but the dataset group in its request; resolves with the status and its message. */
  function call(method: (typeof methods)[number], role: Role | undefined, group: string): Promise<[status, string]> {
    const { path, requestStream, responseStream, requestSerialize, requestDeserialize, responseDeserialize } = method;
    const metadata = new Metadata();
    if (role) metadata.set("authorization", `Bearer ${tokens.sign(caller(role), 60)}`);
    const empty = requestDeserialize(Buffer.alloc(0)) as Record<string, unknown>;
    if ("filter" in empty) empty["filter"] = dataset.AuditFilter.fromPartial({});
    const request = withGroup(empty, GRPC_PERMISSIONS[path]!, group);
    return new Promise((resolve) => {
      const done = (error: ServiceError | null) => resolve(error ? [error.code, error.details] : [status.OK, ""]);
      if (!responseStream) {
        if (!requestStream)
          client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, done);
        else client.makeClientStreamRequest(path, requestSerialize, responseDeserialize, metadata, done).end();
        return;
      }
      const stream = requestStream
        ? client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata)
        : client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request, metadata);
      if (requestStream) (stream as unknown as { end(): void }).end();
      stream
        .on("data", () => {})
        .on("error", done)
        .on("end", () => done(null));
    });
  }

  it("has a row for each method of the contracts, and no other", () => {
    expect(methods.length).toBeGreaterThan(70);
    expect(Object.keys(GRPC_PERMISSIONS).sort()).toEqual(methods.map(({ path }) => path).sort());
  });

  it.each(methods.map((method) => [method.path, method] as const))("%s", async (path, method) => {
    const permission = GRPC_PERMISSIONS[path]!;
    expect((await call(method, undefined, OURS))[0]).toBe(status.UNAUTHENTICATED);
    for (const role of ROLES) {
      const expected = mayIn(role, permission) ? status.OK : status.PERMISSION_DENIED;
      expect([role, (await call(method, role, OURS))[0]]).toEqual([role, expected]);
    }
    if (permission.group.kind !== "at" && permission.group.kind !== "tracked") return;
    expect(await call(method, "admin", "theirs")).toEqual([
      status.NOT_FOUND,
      'There is no dataset group "theirs". See datasetGroups for the names there are.',
    ]);
    expect((await call(method, "admin", ""))[0]).toBe(status.PERMISSION_DENIED);
  });
});

describe("the permission table over GraphQL", () => {
  const schema = buildGraphqlSchema();
  const info = { fieldNodes: [], operation: { operation: "query" } };
  const operations = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
    Object.values(type?.getFields() ?? {}).map((field) => ({ type: type!.name, field })),
  );

  it("has a row for each operation of the schema, and no other, and the schema says each", () => {
    const names = operations.map(({ type, field }) => `${type}.${field.name}`);
    expect(names.length).toBeGreaterThan(70);
    expect(Object.keys(GRAPHQL_PERMISSIONS).sort()).toEqual([...names].sort());
    const printed = printGraphqlSchema(schema);
    expect(printed.match(/@auth/g)).toHaveLength(names.length + 1);
    expect(printed).toContain('): RecommendationConnection @auth(role: "read", datasetGroup: "datasetGroup")');
  });

  it.each(operations.map(({ type, field }) => [`${type}.${field.name}`, type, field] as const))(
    "%s",
    async (name, type, field) => {
      const permission = GRAPHQL_PERMISSIONS[name]!;
      /** The code of what is answered; what got through ends at a service that is not there. */
      const ask = async (role: Role, group: string): Promise<{ code: string; answer: unknown }> => {
        const args = withGroup(
          Object.fromEntries(field.args.filter(isNeeded).map(({ name: arg, type: of }) => [arg, sample(of)])),
          permission,
          group,
        );
        const refused: string[] = [];
        const context = {
          caller: caller(role),
          audit: { refused: (_origin: unknown, _what: unknown, code: string) => refused.push(code) },
        };
        const resolve = type === "Subscription" ? field.subscribe! : field.resolve!;
        try {
          const answer: unknown = await resolve(undefined, args, context, info as never);
          return { code: refused[0] ?? "", answer };
        } catch (thrown) {
          return { code: refused[0] ?? "", answer: (thrown as Error).message };
        }
      };
      for (const role of ROLES) {
        const expected = mayIn(role, permission) ? "" : "PERMISSION_DENIED";
        expect([role, (await ask(role, OURS)).code]).toEqual([role, expected]);
      }
      if (permission.group.kind !== "at" && permission.group.kind !== "tracked") return;
      const theirs = await ask("admin", "theirs");
      const none = await ask("admin", "no-such");
      expect(theirs.code).toBe("NOT_FOUND");
      expect(JSON.stringify(theirs.answer).replaceAll("theirs", "X")).toBe(
        JSON.stringify(none.answer).replaceAll("no-such", "X"),
      );
    },
  );
});

/** Sets the dataset group where a row says that it is. */
function withGroup<T extends object>(request: T, { group }: Permission, name: string): T {
  if (group.kind !== "at" && group.kind !== "tracked") return request;
  let at = request as Record<string, unknown>;
  for (const part of group.path.slice(0, -1)) at = (at[part] ??= {}) as Record<string, unknown>;
  at[group.path.at(-1)!] = name;
  return request;
}

function isNeeded({ type, defaultValue }: { type: GraphQLInputType; defaultValue?: unknown }): boolean {
  return isNonNullType(type) && defaultValue === undefined;
}

/** Any value of a type. */
function sample(type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return sample(type.ofType);
  if (isListType(type)) return [];
  if (isEnumType(type)) return type.getValues()[0]?.value;
  if (!isInputObjectType(type)) return type.name === "Int" || type.name === "Float" ? 1 : "x";
  const fields = Object.values(type.getFields()).filter(isNeeded);
  return Object.fromEntries(fields.map((field) => [field.name, sample(field.type)]));
}
