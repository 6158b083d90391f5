import { parseArgs } from "node:util";
import type { Protocol } from "./protocol.js";
import { PROTOCOLS, protocolNamed } from "./protocols/index.js";
import type { AllOptions, QualityOptions } from "./run-options.js";

const protocolLines = (protocols: readonly Protocol[]): string =>
  protocols.map(({ name, description }) => `  ${name.padEnd(18)} ${description}`).join("\n");

/** What the command takes. */
export function usage(): string {
  return `npm run quality -- --data FOLDER --recipe NAME [--recipe NAME …]
  --data FOLDER              interactions.csv.gz and, where there are, items.csv.gz and users.csv.gz; or the name of a
                             folder of PALATE_QUALITY_DATA; not with protocols that make their own data
  --recipe NAME              a recipe's name, several, or "all"
  --protocol PROTOCOL        one of those below (default leave-one-out)
  --minutes N                training time, for recipes that take one
  --seed N                   of splits and training (default 1)
  --backend NAME             auto, native or wasm (default auto)
  --min-item-interactions N  drop rarer items first (default 5; 0 with protocol amazon)
  --seen MODE                filter, keep, or recipe for each recipe's own way (default filter; recipe with amazon)
  --request-time TIME        history or truth (default history)
  --closed-form              measure the closed form alone beside
  --without-metadata         measure the same recipe without any metadata beside
  --latest N                 keep only the newest N interactions of each user, first of all: sparse data
  --trials N                 configurations that are tried where hyperparameters are tuned (default 16)
  --columns NAME             a metadata column that models may see, several, or none (default all)
  --set NAME=VALUE           a hyperparameter; repeatable
  --json FILE                write the results there

npm run quality -- --all [--data ROOT]     measures every row of test/quality/rows, writes test/quality/RESULTS.md
  --data ROOT                folder that holds the data sets' folders (default PALATE_QUALITY_DATA)
  --only NAME                only rows of that name, or whose name begins so; repeatable
  --seeds N                  seeds 1 to N instead of what each row says
  --minutes-scale X          factor on every training time; what was measured so is marked
  --missing                  measure only what was not measured before with the same options
  --render                   measure nothing, only write the page again

Protocols
${protocolLines(PROTOCOLS)}`;
}

/** One of a few words. Throws naming the choices. */
function oneOf<T extends string>(name: string, value: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new Error(`--${name} ${value}: must be one of ${choices.join(", ")}.`);
  return found;
}

/** A number from `minimum`. Throws naming it. */
function number(name: string, value: string, minimum: number): number {
  const parsed = value.trim() === "" ? Number.NaN : Number(value);
  if (!(parsed >= minimum)) throw new Error(`--${name} ${value}: must be a number from ${minimum}.`);
  return parsed;
}

/**
 * Reads the command line of a single run.
 * @throws Error saying which argument is wrong and what it may be
 */
export function parseOptions(args: readonly string[]): QualityOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: "string" },
      recipe: { type: "string", multiple: true },
      protocol: { type: "string", default: "leave-one-out" },
      minutes: { type: "string" },
      seed: { type: "string", default: "1" },
      backend: { type: "string", default: "auto" },
      "min-item-interactions": { type: "string" },
      seen: { type: "string" },
      "request-time": { type: "string", default: "history" },
      "closed-form": { type: "boolean", default: false },
      "without-metadata": { type: "boolean", default: false },
      latest: { type: "string" },
      trials: { type: "string", default: "16" },
      columns: { type: "string", multiple: true },
      set: { type: "string", multiple: true, default: [] },
      json: { type: "string" },
    },
  });
  const protocol = protocolNamed(values.protocol);
  if (values.data === undefined && protocol.needsData) throw new Error("--data is required.");
  if (values.recipe === undefined) throw new Error("--recipe is required.");
  const pairs = values.set.map((pair): [string, string] => {
    const at = pair.indexOf("=");
    if (at < 1) throw new Error(`--set ${pair}: must be NAME=VALUE.`);
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  const rare = values["min-item-interactions"] ?? String(protocol.defaults?.minItemInteractions ?? 5);
  return {
    data: values.data ?? "",
    recipes: values.recipe.flatMap((names) => names.split(",")),
    protocol: protocol.name,
    minutes: values.minutes === undefined ? undefined : number("minutes", values.minutes, 0),
    seed: number("seed", values.seed, 0),
    backend: oneOf("backend", values.backend, ["auto", "native", "wasm"]),
    minItemInteractions: number("min-item-interactions", rare, 0),
    seen: oneOf("seen", values.seen ?? protocol.defaults?.seen ?? "filter", ["filter", "keep", "recipe"]),
    requestTime: oneOf("request-time", values["request-time"], ["history", "truth"]),
    closedForm: values["closed-form"],
    withoutMetadata: values["without-metadata"],
    latest: values.latest === undefined ? undefined : number("latest", values.latest, 1),
    trials: number("trials", values.trials, 1),
    columns: values.columns?.flatMap((names) => names.split(",")).filter((name) => name !== "none"),
    hyperparameters: Object.fromEntries(pairs),
    json: values.json,
    command: `npm run quality -- ${args.join(" ")}`,
  };
}

/**
 * Reads the command line of a run of all rows.
 * @param dataRoot where data lies unless the command line says otherwise
 * @throws Error saying which argument is wrong and what it may be
 */
export function parseAllOptions(args: readonly string[], dataRoot: string): AllOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      all: { type: "boolean" },
      data: { type: "string", default: dataRoot },
      only: { type: "string", multiple: true, default: [] },
      seeds: { type: "string" },
      "minutes-scale": { type: "string", default: "1" },
      missing: { type: "boolean", default: false },
      render: { type: "boolean", default: false },
    },
  });
  return {
    dataRoot: values.data,
    only: values.only,
    seeds: values.seeds === undefined ? undefined : number("seeds", values.seeds, 1),
    minutesScale: number("minutes-scale", values["minutes-scale"], 0),
    missing: values.missing,
    renderOnly: values.render,
  };
}
