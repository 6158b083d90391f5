import { GRAPHQL_PERMISSIONS, refusalOf, type PalateError, type Permission } from "@palate/host";
import {
  DirectiveLocation,
  getNullableType,
  GraphQLDirective,
  GraphQLSchema,
  GraphQLString,
  isObjectType,
  Kind,
  type ConstDirectiveNode,
  type GraphQLField,
} from "graphql";
import { GRAPHQL_CODE } from "../errors/graphql-code.js";
import { refusedPayload } from "../errors/user-errors.js";
import type { GatewayContext } from "../resources/common/context.js";

const AUTH = "auth";

const directive = new GraphQLDirective({
  name: AUTH,
  description: "Who may ask for this, where callers are asked who they are.",
  locations: [DirectiveLocation.FIELD_DEFINITION],
  args: {
    role: { type: GraphQLString, description: "The role that it takes; without, every caller who is known may." },
    datasetGroup: {
      type: GraphQLString,
      description: "Where the arguments name the dataset group, which must be one of the caller's.",
    },
  },
});

/**
 * Makes every operation of a schema ask the permission table first, and say so by a directive.
 * @throws Error when an operation has no row there
 */
export function applyPermissions(schema: GraphQLSchema): GraphQLSchema {
  for (const type of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
    for (const field of Object.values(type?.getFields() ?? {})) {
      const permission = GRAPHQL_PERMISSIONS[`${type?.name}.${field.name}`];
      if (permission === undefined) throw new Error(`${type?.name}.${field.name} has no row in the permission table.`);
      guard(field, permission, type === schema.getMutationType());
      field.extensions = { ...field.extensions, [AUTH]: directiveNode(permission) };
    }
  }
  const config = schema.toConfig();
  return new GraphQLSchema({ ...config, directives: [...config.directives, directive] });
}

/** The directive of an operation, for whoever prints the schema. */
export function authDirectiveOf(
  field: Pick<GraphQLField<unknown, unknown>, "extensions">,
): ConstDirectiveNode | undefined {
  return field.extensions[AUTH] as ConstDirectiveNode | undefined;
}

type Guarded = GraphQLField<unknown, GatewayContext, Record<string, unknown>>;

function guard(field: Guarded, permission: Permission, isMutation: boolean): void {
  const { resolve, subscribe } = field;
  const answerTo = refusalIn(field, isMutation);
  if (resolve)
    field.resolve = (source, args, context, info) => {
      const { caller } = context;
      // Without identities there is nothing to look at: this is on the way of every recommendation.
      const refusal = caller.kind === "local" ? undefined : refusalOf(caller, permission, field.name, args);
      if (refusal === undefined) return resolve(source, args, context, info);
      noteRefusal(context, field.name, refusal);
      return answerTo(refusal);
    };
  if (subscribe)
    field.subscribe = (source, args, context, info) => {
      const refusal = refusalOf(context.caller, permission, field.name, args);
      if (refusal) {
        noteRefusal(context, field.name, refusal);
        throw refusal;
      }
      return subscribe(source, args, context, info);
    };
}

function noteRefusal({ audit, origin }: GatewayContext, operation: string, { code, details }: PalateError): void {
  audit?.refused(origin, { operation, datasetGroup: details.resourceName ?? "", resources: [] }, GRAPHQL_CODE[code]);
}

/** A dataset group that is not the caller's is answered like one that is not there: null, a user error, or an error. */
function refusalIn(field: Guarded, isMutation: boolean): (refusal: PalateError) => unknown {
  const type = getNullableType(field.type);
  const isLookUp = isObjectType(type) && type.getInterfaces().some(({ name }) => name === "Node");
  return (refusal) => {
    if (refusal.code === "not_found" && isMutation) return refusedPayload(refusal);
    if (refusal.code === "not_found" && isLookUp) return null;
    throw refusal;
  };
}

function directiveNode({ role, group }: Permission): ConstDirectiveNode {
  const args = { ...(role !== "any" && { role }), ...("path" in group && { datasetGroup: group.path.join(".") }) };
  return {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: AUTH },
    arguments: Object.entries(args).map(([name, value]) => ({
      kind: Kind.ARGUMENT,
      name: { kind: Kind.NAME, value: name },
      value: { kind: Kind.STRING, value },
    })),
  };
}
