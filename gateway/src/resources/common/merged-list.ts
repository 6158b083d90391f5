import type { GraphQLResolveInfo } from "graphql";
import type { RecipeService } from "../../clients/recipe-service.js";
import type { RemoteError } from "../../errors/remote-error.js";
import { paginate, type Connection, type PageArgs } from "./connection.js";
import type { GatewayContext } from "./context.js";

/** The response path of the field being resolved. */
function pathOf(info: GraphQLResolveInfo): (string | number)[] {
  const path: (string | number)[] = [];
  for (let at: GraphQLResolveInfo["path"] | undefined = info.path; at; at = at.prev) path.unshift(at.key);
  return path;
}

/** Notes failures of services that a field was answered without. When no service answered, the field fails instead. */
function noteFailures(context: GatewayContext, info: GraphQLResolveInfo, failures: readonly RemoteError[]): void {
  const nobodyAnswered = failures.length > 0 && failures.length === context.recipes.services.length;
  const [first, ...rest] = failures;
  for (const failure of nobodyAnswered ? rest : failures) context.noteFailure(pathOf(info), failure);
  if (nobodyAnswered) throw first;
}

/**
 * Merges a list over all recipe services, by name, and cuts the page out of it. A service that does not answer costs only
 * its own rows: `totalCount` becomes null and `errors` gets an entry naming it.
 */
export async function mergedList<T extends { name: string }>(
  context: GatewayContext,
  info: GraphQLResolveInfo,
  page: PageArgs,
  ask: (service: RecipeService) => Promise<readonly T[]>,
): Promise<Connection<T>> {
  const { rows, failures } = await context.recipes.gather(ask);
  noteFailures(context, info, failures);
  rows.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return paginate(rows, (row) => row.name, page, context.maxFirst, failures.length === 0);
}
