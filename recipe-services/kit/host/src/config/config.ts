import { z } from "zod";
import { PalateError } from "../errors/palate-error.js";

/** One option of a service: where it comes from, what it means, and what is allowed. */
export interface Option<T = unknown> {
  /** Environment variable that sets it. */
  readonly env: string;
  /** What it does, with its unit, in one sentence. */
  readonly description: string;
  /** Checks and converts the variable's text; its default is the option's default. */
  readonly schema: z.ZodType<T>;
  /** The default as text, for `.env.example`; empty when the option is unset by default. */
  readonly defaultText: string;
}

/** A service's options by name. */
export type OptionSpec = Readonly<Record<string, Option>>;

/** The values a spec yields. */
export type ConfigOf<S extends OptionSpec> = { readonly [K in keyof S]: z.output<S[K]["schema"]> };

/** A text option. An unset variable gives `fallback`. */
export function text(env: string, fallback: string, description: string): Option<string> {
  return { env, description, schema: z.string().trim().default(fallback), defaultText: fallback };
}

/** A whole-number option within [`min`, `max`]. */
export function integer(env: string, fallback: number, min: number, max: number, description: string): Option<number> {
  const schema = z.coerce.number().int().min(min).max(max).default(fallback);
  return { env, description: `${description} ${min} to ${max}.`, schema, defaultText: String(fallback) };
}

/** An option that takes one of a list of words. */
export function choice<const T extends readonly [string, ...string[]]>(
  env: string,
  choices: T,
  fallback: T[number],
  description: string,
): Option<T[number]> {
  const schema = z.enum(choices).default(fallback as never) as unknown as z.ZodType<T[number]>;
  return { env, description: `${description} One of ${choices.join(", ")}.`, schema, defaultText: fallback };
}

/** A yes-or-no option: 1, true, 0 or false. */
export function flag(env: string, fallback: boolean, description: string): Option<boolean> {
  const schema = z
    .enum(["1", "true", "0", "false"])
    .default(fallback ? "1" : "0")
    .transform((value) => value === "1" || value === "true");
  return { env, description: `${description} 1 or 0.`, schema, defaultText: fallback ? "1" : "0" };
}

/** What the entries of a list option look like. */
interface EntryRule {
  /** What each matches. */
  readonly pattern: RegExp;
  /** The same in words: "a host name without port". */
  readonly right: string;
}

/** A comma-separated list option; empty entries are dropped. */
export function list(env: string, fallback: string, description: string, rule?: EntryRule): Option<string[]> {
  const entries = z
    .string()
    .default(fallback)
    .transform((value) =>
      value
        .split(",")
        .map((entry) => entry.trim())
        .filter((entry) => entry !== ""),
    );
  const schema = rule
    ? entries.refine((all) => all.every((entry) => rule.pattern.test(entry)), { error: `each entry is ${rule.right}` })
    : entries;
  return { env, description, schema, defaultText: fallback };
}

/**
 * Reads a service's options from an environment and returns them frozen.
 * @throws PalateError `invalid_argument` listing every problem at once, each with the variable and what would be right.
 */
export function loadConfig<S extends OptionSpec>(
  spec: S,
  env: Readonly<Record<string, string | undefined>>,
): ConfigOf<S> {
  const config: Record<string, unknown> = {};
  const violations: { field: string; message: string }[] = [];
  for (const [name, option] of Object.entries(spec)) {
    const raw = env[option.env];
    const parsed = option.schema.safeParse(raw === "" ? undefined : raw);
    if (parsed.success) config[name] = parsed.data;
    else
      violations.push({
        field: option.env,
        message: `"${raw}": ${parsed.error.issues[0]?.message}. ${option.description}`,
      });
  }
  if (violations.length > 0) {
    const lines = violations.map((violation) => `  ${violation.field}=${violation.message}`);
    throw new PalateError("invalid_argument", `The configuration is not usable:\n${lines.join("\n")}`, { violations });
  }
  return Object.freeze(config) as ConfigOf<S>;
}

/** The options as lines of an `.env` file, each commented out with its meaning above it. */
export function describeConfig(spec: OptionSpec): string {
  return Object.values(spec)
    .map((option) => `# ${option.description}\n# ${option.env}=${option.defaultText}\n`)
    .join("\n");
}
