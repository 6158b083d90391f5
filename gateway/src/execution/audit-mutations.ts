import { isEnumType, type GraphQLSchema } from "graphql";
import { outcomeOfError, type Audited } from "../access/audit-entry.js";
import type { Payload } from "../errors/user-errors.js";
import type { GatewayContext } from "../resources/common/context.js";

/** Mutations that put records, and the list of them in their input: they are counted, for there may be thousands a second. */
const RECORDS: Readonly<Record<string, string>> = {
  putEvents: "interactions",
  putItems: "items",
  putUsers: "users",
  putActions: "actions",
  putActionInteractions: "actionInteractions",
};

/** Parts of an input that name resources. Nothing else of it is kept: other texts may be ids of people, or secrets. */
const NAMES = ["name", "jobName", "solution", "versionId", "schemaName", "recipe", "keyId"];
/** Parts of an input that are of an enumeration, and which. */
const ENUMS = { datasetType: "DatasetType", kind: "DeletionKind" };
/** What a resource may be called. */
const NAME = /^[\w.:-]{1,100}$/;

type Input = Readonly<Record<string, unknown>>;

/** Has every mutation written into the audit log: before it begins and after it ended, or counted. */
export function auditMutations(schema: GraphQLSchema): void {
  for (const [operation, field] of Object.entries(schema.getMutationType()?.getFields() ?? {})) {
    const { resolve } = field;
    if (!resolve) continue;
    field.resolve = (source, args: Input, context: GatewayContext, info) => {
      const { audit } = context;
      const work = () => resolve(source, args, context, info) as Promise<Payload>;
      if (audit === undefined) return work();
      // deleteFilter has its names beside each other.
      const input = (args["input"] ?? args) as Input;
      const what = { operation, ...namedIn(operation, input, schema) };
      const list = RECORDS[operation];
      if (list === undefined) return audit.around(context.origin, what, work, outcomeOf);
      return counted(work, (outcome) => {
        const records = outcome === "OK" ? (input[list] as readonly unknown[]).length : 0;
        audit.countRecords(context.origin, what, outcome, records);
      });
    };
  }
}

async function counted(work: () => Promise<Payload>, count: (outcome: string) => void): Promise<Payload> {
  try {
    const result = await work();
    count(outcomeOf(result));
    return result;
  } catch (thrown) {
    count(outcomeOfError(thrown));
    throw thrown;
  }
}

function outcomeOf({ userErrors }: Payload): string {
  return userErrors[0]?.code ?? "OK";
}

/** What a mutation is about, as far as its input names it. */
function namedIn(operation: string, input: Input, schema: GraphQLSchema): Omit<Audited, "operation"> {
  const isGroup = operation.endsWith("DatasetGroup");
  const named = NAMES.filter((key) => !isGroup || key !== "name").map((key) => [key, nameOf(input[key])]);
  const valued = Object.entries(ENUMS).map(([key, type]) => {
    const value = input[key];
    const enumeration = schema.getType(type);
    return [key, value !== undefined && value !== null && isEnumType(enumeration) ? enumeration.serialize(value) : ""];
  });
  const resources = [...named, ...valued].filter(([, name]) => name).map(([key, name]) => `${key}=${name}`);
  return { datasetGroup: nameOf(input[isGroup ? "name" : "datasetGroup"]), resources };
}

function nameOf(value: unknown): string {
  return typeof value === "string" && NAME.test(value) ? value : "";
}
