/** Palate's services with their ports, out of `recipe-services/services.json`, the one place that lists them. */
import { readFileSync } from "node:fs";
import { PalateError, type Violation } from "./errors/palate-error.js";

const ROLES = ["datasets", "recipe", "gateway"] as const;

/** One of Palate's services: a line of `recipe-services/services.json`. */
export interface ServiceEntry {
  /** Its name, in messages, logs, addresses and images; in small letters, digits and "-". */
  readonly name: string;
  /** What it is: the data's owner, a recipe service, or the public door. */
  readonly role: (typeof ROLES)[number];
  /** Its package's folder, relative to the repository, with "/" between its parts. */
  readonly folder: string;
  /** The port it listens on unless told otherwise, 1 to 65535. */
  readonly port: number;
  /** Whether its image has the native tensor backend, which networks train with faster; no unless given. */
  readonly native?: boolean;
}

const FIELDS: Readonly<Record<keyof ServiceEntry, [fits: (value: unknown) => boolean, right: string]>> = {
  name: [(value) => typeof value === "string" && /^[a-z][a-z0-9-]*$/.test(value), 'small letters, digits and "-"'],
  role: [(value) => ROLES.some((role) => role === value), `one of ${ROLES.join(", ")}`],
  folder: [(value) => typeof value === "string" && value !== "", "the folder of its package in the repository"],
  port: [(value) => Number.isInteger(value) && Number(value) > 0 && Number(value) < 65_536, "a number, 1 to 65535"],
  native: [(value) => value === undefined || typeof value === "boolean", "true or false"],
};

/** What is wrong with a single line. */
function problemsOf(line: unknown, place: string): Violation[] {
  if (typeof line !== "object" || line === null) return [{ field: place, message: "must be an object" }];
  const known = Object.entries(FIELDS).flatMap(([field, [fits, right]]) => {
    const value = (line as Record<string, unknown>)[field];
    return fits(value)
      ? []
      : [{ field: `${place}.${field}`, message: `is ${JSON.stringify(value)}; right is ${right}` }];
  });
  const unknown = Object.keys(line).filter((field) => !(field in FIELDS));
  return [...known, ...unknown.map((field) => ({ field: `${place}.${field}`, message: "is no field of a service" }))];
}

/** Names, folders and ports that two lines share. */
function clashesIn(lines: readonly ServiceEntry[]): Violation[] {
  return (["name", "folder", "port"] as const).flatMap((field) =>
    lines.flatMap((line, index) => {
      const first = lines.findIndex((other) => other[field] === line[field]);
      if (first === index) return [];
      return [{ field: `[${index}].${field}`, message: `${line[field]} is taken by "${lines[first]!.name}"` }];
    }),
  );
}

/**
 * Reads a list of services.
 * @param text what the file has
 * @param file its name, for messages
 * @throws PalateError `invalid_argument` with everything that is wrong, each with its place in the list
 */
export function parseServices(text: string, file: string): readonly ServiceEntry[] {
  let lines: unknown;
  try {
    lines = JSON.parse(text);
  } catch (cause) {
    throw new PalateError("invalid_argument", `${file} is not JSON: ${(cause as Error).message}`, {}, { cause });
  }
  if (!Array.isArray(lines)) throw new PalateError("invalid_argument", `${file} must be a list of services`);
  const alone = lines.flatMap((line, index) => problemsOf(line, `[${index}]`));
  const violations = alone.length > 0 ? alone : clashesIn(lines as ServiceEntry[]);
  if (violations.length === 0) return lines as ServiceEntry[];
  const problems = violations.map(({ field, message }) => `${field} ${message}`);
  throw new PalateError("invalid_argument", `${file}: ${problems.join("; ")}.`, { violations });
}

const FILE = "recipe-services/services.json";

/** Every service, in the order in which they start. */
export const SERVICES: readonly ServiceEntry[] = parseServices(
  readFileSync(new URL("../../../services.json", import.meta.url), "utf8"),
  FILE,
);

/**
 * The service of this name.
 * @throws PalateError `not_found` that says where to add it
 */
export function serviceNamed(name: string): ServiceEntry {
  const found = SERVICES.find((service) => service.name === name);
  if (found !== undefined) return found;
  const known = SERVICES.map((service) => service.name).join(", ");
  throw new PalateError("not_found", `There is no service "${name}" in ${FILE}; add a line for it. Known: ${known}.`);
}

/** Where a service listens on its own machine unless told otherwise: "127.0.0.1:4100". */
export function defaultAddressOf({ port }: ServiceEntry): string {
  return `127.0.0.1:${port}`;
}
