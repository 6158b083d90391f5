import { unwrapResolverError } from "@apollo/server/errors";
import { toPalateError } from "@palate/host";
import { instruments, metricsState, startSpan, withSpan, type Span } from "@palate/telemetry";
import { GraphQLError, type GraphQLField, type GraphQLSchema } from "graphql";
import { GRAPHQL_CODE } from "../errors/graphql-code.js";
import type { UserError } from "../errors/user-error.js";
import type { GatewayContext } from "../resources/common/context.js";
import { countForCaller } from "./caller-costs.js";

const OK = "OK";

/** Has every root field of Query and Mutation measured and, in a recorded trace, run in a span of its own. */
export function observeRootFields(schema: GraphQLSchema): void {
  for (const root of [schema.getQueryType(), schema.getMutationType()])
    for (const field of Object.values(root?.getFields() ?? {})) observe(`${root!.name}.${field.name}`, field);
}

function observe(name: string, field: GraphQLField<unknown, GatewayContext>): void {
  const { resolve } = field;
  if (resolve === undefined) return;
  field.resolve = (source, args, context, info) => {
    const span = startSpan(name, { "graphql.operation.type": info.operation.operation });
    if (span === undefined && !metricsState.on) return resolve(source, args, context, info) as unknown;
    const startedAt = performance.now();
    const settled = (outcome: string, failed: boolean): void => {
      instruments.fieldDuration.record((performance.now() - startedAt) / 1_000, span, name, outcome);
      if (span) end(span, outcome, failed);
    };
    const run = async (): Promise<unknown> => {
      try {
        const value: unknown = await resolve(source, args, context, info);
        countForCaller(context.caller, args, value);
        settled(outcomeOf(value), false);
        return value;
      } catch (thrown) {
        settled(codeOf(thrown), true);
        throw thrown;
      }
    };
    return span === undefined ? run() : withSpan(span, run);
  };
}

function end(span: Span, outcome: string, failed: boolean): void {
  span.set({ "palate.outcome": outcome });
  if (failed) span.fail(outcome);
  span.end();
}

/** The outcome of a field that was answered: a mutation's answer may say what was wrong. */
function outcomeOf(value: unknown): string {
  const errors = (value as { readonly userErrors?: readonly UserError[] } | null | undefined)?.userErrors;
  return errors?.[0]?.code ?? OK;
}

function codeOf(thrown: unknown): string {
  const original = unwrapResolverError(thrown);
  if (!(original instanceof GraphQLError)) return GRAPHQL_CODE[toPalateError(original).code];
  const code = original.extensions["code"];
  return typeof code === "string" ? code : "BAD_REQUEST";
}
