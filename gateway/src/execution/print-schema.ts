import { lexicographicSortSchema, print, printSchema, type GraphQLObjectType, type GraphQLSchema } from "graphql";
import { authDirectiveOf } from "./apply-permissions.js";

/** The schema as text, in a stable order: what `schema.graphql` holds. */
export function printGraphqlSchema(schema: GraphQLSchema): string {
  let text = printSchema(lexicographicSortSchema(schema));
  for (const root of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()])
    if (root) text = withDirectives(text, root);
  return `${text}\n`;
}

/** Writes the directives of a type's fields behind them; the library's printer leaves directives out. */
function withDirectives(text: string, type: GraphQLObjectType): string {
  const start = text.indexOf(`\ntype ${type.name} {\n`);
  const end = text.indexOf("\n}", start);
  let field = "";
  let quoted = false;
  const lines = text
    .slice(start, end)
    .split("\n")
    .map((line) => {
      if (quoted || line.startsWith('  """')) {
        const quotes = line.split('"""').length - 1;
        if (quotes % 2 === 1) quoted = !quoted;
        return line;
      }
      field = /^ {2}(\w+)[(:]/.exec(line)?.[1] ?? field;
      const directive = authDirectiveOf(type.getFields()[field] ?? { extensions: {} });
      return directive && /^ {2}(\w+|.*\)): \S+$/.test(line) ? `${line} ${print(directive)}` : line;
    });
  return text.slice(0, start) + lines.join("\n") + text.slice(end);
}
