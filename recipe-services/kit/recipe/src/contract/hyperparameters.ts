import { invalidArgument, type Violation } from "@palate/host";

interface Common {
  /** Its name, Amazon Personalize's where it has one. */
  readonly name: string;
  /** What it does, with its unit. */
  readonly description: string;
  /** Whether hyperparameter optimisation may vary it. */
  readonly tunable: boolean;
}

/** A whole number or a number within [`minimum`, `maximum`]. */
interface NumericHyperparameter extends Common {
  readonly type: "integer" | "continuous";
  readonly default: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** One of a list of words. */
interface CategoricalHyperparameter extends Common {
  readonly type: "categorical";
  readonly default: string;
  readonly choices: readonly string[];
}

/** true or false. */
interface BooleanHyperparameter extends Common {
  readonly type: "boolean";
  readonly default: boolean;
}

/** A text of a certain form, such as "30 minutes". */
interface TextHyperparameter extends Common {
  readonly type: "text";
  readonly default: string;
  /** What a value must look like, in words that go on from "must be". */
  readonly form: string;
  /** A value in its one usual form ("1 HOURS" becomes "1 hour"); undefined when it does not have the form. */
  readonly normalize: (value: string) => string | undefined;
}

/** One hyperparameter: used to check values, to describe the recipe in the API, and to print its table. */
export type Hyperparameter =
  NumericHyperparameter | CategoricalHyperparameter | BooleanHyperparameter | TextHyperparameter;

/** Values of all hyperparameters of a recipe by name. */
export type HyperparameterValues = Readonly<Record<string, number | string | boolean>>;

function parse(parameter: Hyperparameter, raw: string): number | string | boolean | undefined {
  switch (parameter.type) {
    case "boolean":
      return raw === "true" ? true : raw === "false" ? false : undefined;
    case "categorical":
      return parameter.choices.includes(raw) ? raw : undefined;
    case "text":
      return parameter.normalize(raw);
    case "integer":
    case "continuous": {
      const value = raw.trim() === "" ? Number.NaN : Number(raw);
      const whole = parameter.type === "continuous" || Number.isInteger(value);
      return whole && value >= parameter.minimum && value <= parameter.maximum ? value : undefined;
    }
  }
}

/** What a value of the hyperparameter may be, in words. */
export function allowedValues(parameter: Hyperparameter): string {
  switch (parameter.type) {
    case "boolean":
      return "true or false";
    case "categorical":
      return `one of ${parameter.choices.join(", ")}`;
    case "text":
      return parameter.form;
    case "integer":
      return `a whole number from ${parameter.minimum} to ${parameter.maximum}`;
    case "continuous":
      return `a number from ${parameter.minimum} to ${parameter.maximum}`;
  }
}

/**
 * Checks given values and fills in defaults.
 * @param given values as text by name, as Amazon's API carries them
 * @throws PalateError `invalid_argument` listing every unknown name and every value out of range
 */
export function resolveHyperparameters(
  parameters: readonly Hyperparameter[],
  given: Readonly<Record<string, string>>,
): HyperparameterValues {
  const violations: Violation[] = [];
  const values: Record<string, number | string | boolean> = {};
  for (const parameter of parameters) {
    const raw = given[parameter.name];
    const value = raw === undefined ? parameter.default : parse(parameter, raw);
    if (value !== undefined) values[parameter.name] = value;
    else violations.push({ field: parameter.name, message: `"${raw}" must be ${allowedValues(parameter)}` });
  }
  const known = new Set(parameters.map((parameter) => parameter.name));
  for (const name of Object.keys(given)) {
    if (!known.has(name))
      violations.push({ field: name, message: `is not a hyperparameter; known: ${[...known].join(", ") || "none"}` });
  }
  if (violations.length > 0) {
    const text = violations.map((violation) => `${violation.field}: ${violation.message}`).join("; ");
    throw invalidArgument(`Hyperparameters: ${text}.`, violations);
  }
  return values;
}

/** Values as text by name, as the API carries them. */
export function hyperparametersAsText(values: HyperparameterValues): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}
