import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
  type GraphQLNamedType,
} from "graphql";
import { expect, test } from "vitest";
import { buildGraphqlSchema } from "./build-schema.js";

interface Described {
  readonly name: string;
  readonly description?: string | null | undefined;
}

/** Everything a type consists of that a reader of the schema may ask about, by its path. */
function partsOf(type: GraphQLNamedType): [path: string, part: Described][] {
  const parts: [string, Described][] = [[type.name, type]];
  if (isEnumType(type)) for (const value of type.getValues()) parts.push([`${type.name}.${value.name}`, value]);
  if (isInputObjectType(type))
    for (const field of Object.values(type.getFields())) parts.push([`${type.name}.${field.name}`, field]);
  if (isObjectType(type) || isInterfaceType(type))
    for (const field of Object.values(type.getFields())) {
      parts.push([`${type.name}.${field.name}`, field]);
      for (const arg of field.args) parts.push([`${type.name}.${field.name}(${arg.name})`, arg]);
    }
  return parts;
}

test("every type, field, argument and enum value says what it means", () => {
  const types = Object.values(buildGraphqlSchema().getTypeMap());
  const ours = types.filter((type) => !type.name.startsWith("__") && !isSpecifiedScalarType(type)).flatMap(partsOf);
  expect(ours.length).toBeGreaterThan(1_000);
  expect(ours.filter(([, part]) => !part.description?.trim()).map(([path]) => path)).toEqual([]);
});
