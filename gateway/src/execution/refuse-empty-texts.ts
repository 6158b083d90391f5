import { invalidArgument } from "@palate/host";
import {
  getNamedType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLSchema,
} from "graphql";
import { refusedPayload } from "../errors/user-errors.js";

/** Inputs in which an empty text has a meaning of its own: no quotes in a CSV dialect, an empty cell of a file. */
const MEANS_SOMETHING: ReadonlySet<string> = new Set(["ImportMappingInput"]);

/** Finds optional texts that are empty; tells their places in a value, from a place on. */
type Finder = (value: unknown, place: string, found: string[]) => void;

/**
 * Refuses an empty text where a text may be left out: it is not "not given", which often means everything, but a template whose
 * variable was empty, or a file in which nothing was found. Null and absent keep their meaning.
 * Queries get an error, mutations a payload with `userErrors`; both name the field.
 */
export function refuseEmptyTexts(schema: GraphQLSchema): void {
  const finders = new Map<string, Finder | undefined>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith("__")) continue;
    const isMutation = type === schema.getMutationType();
    for (const field of Object.values(type.getFields())) {
      const finder = finderOf(field.args, finders);
      if (finder) guard(field, finder, isMutation);
    }
  }
}

function guard(field: GraphQLField<unknown, unknown>, finder: Finder, isMutation: boolean): void {
  const { resolve, subscribe } = field;
  const refusal = (args: unknown) => {
    const found: string[] = [];
    finder(args, "", found);
    if (found.length === 0) return undefined;
    const message = "is empty; leave it out, or give a value";
    const violations = found.map((place) => ({ field: place, message }));
    return invalidArgument(found.map((place) => `${place} ${message}.`).join(" "), violations);
  };
  if (resolve)
    field.resolve = (source, args, context, info) => {
      const error = refusal(args);
      if (error === undefined) return resolve(source, args, context, info) as unknown;
      if (isMutation) return refusedPayload(error);
      throw error;
    };
  if (subscribe)
    field.subscribe = (source, args, context, info) => {
      const error = refusal(args);
      if (error !== undefined) throw error;
      return subscribe(source, args, context, info) as unknown;
    };
}

type Input = Pick<GraphQLArgument & GraphQLInputField, "name" | "type" | "defaultValue">;

/** Looks at each argument, or each field of an input; undefined where none holds an optional text. */
function finderOf(inputs: readonly Input[], finders: Map<string, Finder | undefined>): Finder | undefined {
  const parts = inputs.flatMap((input): [string, Finder][] => {
    const finder = valueFinder(input, finders);
    return finder ? [[input.name, finder]] : [];
  });
  if (parts.length === 0) return undefined;
  return (value, place, found) => {
    for (const [name, finder] of parts) {
      const part = (value as Readonly<Record<string, unknown>>)[name];
      if (part !== undefined && part !== null) finder(part, place === "" ? name : `${place}.${name}`, found);
    }
  };
}

function valueFinder({ type, defaultValue }: Input, finders: Map<string, Finder | undefined>): Finder | undefined {
  const named = getNamedType(type);
  if (isInputObjectType(named)) {
    if (MEANS_SOMETHING.has(named.name)) return undefined;
    if (!finders.has(named.name)) {
      finders.set(named.name, undefined);
      finders.set(named.name, finderOf(Object.values(named.getFields()), finders));
    }
    const finder = finders.get(named.name);
    return finder && throughLists(type, finder);
  }
  const isText = isScalarType(named) && (named.name === "String" || named.name === "ID");
  const mayBeLeftOut = !isNonNullType(type) || (defaultValue !== undefined && defaultValue !== "");
  if (!isText || !mayBeLeftOut || isListType(isNonNullType(type) ? type.ofType : type)) return undefined;
  return (value, place, found) => {
    if (value === "") found.push(place);
  };
}

function throughLists(type: GraphQLInputType, finder: Finder): Finder {
  const bare = isNonNullType(type) ? type.ofType : type;
  if (!isListType(bare)) return finder;
  return (value, place, found) => {
    (value as readonly unknown[]).forEach((one, at) => {
      if (one !== null && one !== undefined) finder(one, `${place}[${at}]`, found);
    });
  };
}
