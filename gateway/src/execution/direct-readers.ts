import type { GraphQLField } from "graphql";

/** Reads a field from the object it belongs to, with no promise and no context. */
export interface DirectReader<Source> {
  /** The field's value. */
  read(source: Source, args: Readonly<Record<string, unknown>>): unknown;
}

const readers = new WeakMap<object, DirectReader<unknown>>();

/**
 * Resolves a field by a function of its object alone, in place of the schema builder's wrapper, which makes a promise for
 * every object. Compiled queries call the function too.
 */
export function readDirectly<Source>(
  field: Pick<GraphQLField<Source, unknown>, "resolve">,
  reader: DirectReader<Source>,
): void {
  field.resolve = (source, args) => reader.read(source, args);
  readers.set(field, reader);
}

/** The function that {@link readDirectly} gave a field; undefined when the field is resolved in another way. */
export function directReader(field: GraphQLField<unknown, unknown>): DirectReader<unknown> | undefined {
  return readers.get(field);
}
