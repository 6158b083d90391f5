import { invalidArgument, type Violation } from "@palate/host";
import { allowedValues, resolveHyperparameters, type Hyperparameter } from "@palate/recipe";

/** A number between two bounds. Searched on a logarithmic scale where the bounds are far apart. */
interface NumericDimension {
  readonly kind: "numeric";
  readonly name: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly whole: boolean;
  readonly logarithmic: boolean;
  /** The default's place between the bounds, 0 to 1. */
  readonly start: number;
}

/** One of a few values. */
interface CategoricalDimension {
  readonly kind: "categorical";
  readonly name: string;
  readonly values: readonly string[];
  /** The default's position among the values; -1 when it is not among them. */
  readonly start: number;
}

/** One hyperparameter to vary. */
export type Dimension = NumericDimension | CategoricalDimension;

/** A configuration by dimension: places in [0, 1] for numbers, positions for choices. */
export type Point = readonly number[];

/** Ranges as a caller gives them; none at all means everything that is tunable, over its whole range. */
export interface Ranges {
  readonly numeric: readonly { readonly name: string; readonly minimum: number; readonly maximum: number }[];
  readonly categorical: readonly { readonly name: string; readonly values: readonly string[] }[];
}

/** Bounds this many times apart, both above zero, are searched by their logarithm. */
const LOGARITHMIC_FROM = 20;

function numeric(parameter: Hyperparameter, minimum: number, maximum: number): NumericDimension {
  const logarithmic = minimum > 0 && maximum / minimum >= LOGARITHMIC_FROM;
  const whole = parameter.type === "integer";
  const dimension = { kind: "numeric", name: parameter.name, minimum, maximum, whole, logarithmic } as const;
  return { ...dimension, start: placeOf(dimension, Number(parameter.default)) };
}

function placeOf(
  { minimum, maximum, logarithmic }: Pick<NumericDimension, "minimum" | "maximum" | "logarithmic">,
  value: number,
): number {
  if (maximum === minimum) return 0;
  const inside = Math.min(maximum, Math.max(minimum, value));
  return logarithmic
    ? Math.log(inside / minimum) / Math.log(maximum / minimum)
    : (inside - minimum) / (maximum - minimum);
}

function categorical(parameter: Hyperparameter, values: readonly string[]): CategoricalDimension {
  return { kind: "categorical", name: parameter.name, values, start: values.indexOf(String(parameter.default)) };
}

/**
 * The dimensions to search.
 * @param parameters the recipe's hyperparameters
 * @throws PalateError `invalid_argument` naming every range that is unknown, not tunable, empty or out of bounds
 */
export function searchSpace(parameters: readonly Hyperparameter[], ranges: Ranges): Dimension[] {
  const tunable = parameters.filter((parameter) => parameter.tunable && parameter.type !== "text");
  if (ranges.numeric.length + ranges.categorical.length === 0) return tunable.map(whole);
  const violations: Violation[] = [];
  const dimensions: Dimension[] = [];
  const complain = (field: string, message: string): void => void violations.push({ field, message });
  const find = (name: string): Hyperparameter | undefined => {
    const found = tunable.find((parameter) => parameter.name === name);
    if (found === undefined)
      complain(name, `cannot be tuned; tunable: ${tunable.map((parameter) => parameter.name).join(", ") || "none"}`);
    else if (dimensions.some((dimension) => dimension.name === name)) complain(name, "has two ranges");
    return found;
  };
  for (const { name, minimum, maximum } of ranges.numeric) {
    const parameter = find(name);
    if (parameter === undefined) continue;
    if (parameter.type !== "integer" && parameter.type !== "continuous")
      complain(name, `takes ${allowedValues(parameter)}; give its values, not a range`);
    else if (!(minimum >= parameter.minimum && maximum <= parameter.maximum && minimum <= maximum))
      complain(name, `range ${minimum} to ${maximum} must lie within ${parameter.minimum} to ${parameter.maximum}`);
    else dimensions.push(numeric(parameter, minimum, maximum));
  }
  for (const { name, values } of ranges.categorical) {
    const parameter = find(name);
    if (parameter === undefined) continue;
    const wrong = values.filter((value) => !fits(parameter, value));
    if (values.length === 0) complain(name, "has no values to choose from");
    else if (wrong.length > 0) complain(name, `"${wrong[0]}" must be ${allowedValues(parameter)}`);
    else dimensions.push(categorical(parameter, [...new Set(values)]));
  }
  if (violations.length > 0) {
    const text = violations.map(({ field, message }) => `${field}: ${message}`).join("; ");
    throw invalidArgument(`Ranges of hyperparameters: ${text}.`, violations);
  }
  return dimensions;
}

function whole(parameter: Hyperparameter): Dimension {
  switch (parameter.type) {
    case "integer":
    case "continuous":
      return numeric(parameter, parameter.minimum, parameter.maximum);
    case "boolean":
      return categorical(parameter, ["true", "false"]);
    case "categorical":
      return categorical(parameter, parameter.choices);
    case "text":
      throw new RangeError(`${parameter.name} is a text, which has no range.`);
  }
}

function fits(parameter: Hyperparameter, value: string): boolean {
  try {
    resolveHyperparameters([parameter], { [parameter.name]: value });
    return true;
  } catch {
    return false;
  }
}

/** The default configuration; a choice whose default is not offered begins with its first value. */
export function startOf(space: readonly Dimension[]): Point {
  return space.map(({ start }) => Math.max(0, start));
}

/** A configuration as hyperparameters, as text by name. */
export function valuesAt(space: readonly Dimension[], point: Point): Record<string, string> {
  return Object.fromEntries(
    space.map((dimension, at) => {
      const place = point[at]!;
      if (dimension.kind === "categorical") return [dimension.name, dimension.values[place]!];
      const { minimum, maximum, logarithmic, whole } = dimension;
      const value = logarithmic ? minimum * (maximum / minimum) ** place : minimum + place * (maximum - minimum);
      const bounded = Math.min(maximum, Math.max(minimum, whole ? Math.round(value) : value));
      return [dimension.name, whole ? String(bounded) : String(Number(bounded.toPrecision(6)))];
    }),
  );
}
