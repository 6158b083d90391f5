import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";

/** Protocols that divide the data of a folder into what is learned and what is asked. */
const DATA_PROTOCOLS = ["leave-one-out", "temporal", "amazon", "segments"] as const;

/** Protocols that make data of their own and plant in it what is to be found. */
export const PLANTED_PROTOCOLS = ["planted-bursts", "planted-clusters"] as const;

/** The protocols that can be asked for. */
export const PROTOCOLS = [...DATA_PROTOCOLS, ...PLANTED_PROTOCOLS] as const;

/** A protocol that needs no folder. */
export type PlantedProtocol = (typeof PLANTED_PROTOCOLS)[number];

/** How a recipe is measured. */
export type Protocol = (typeof PROTOCOLS)[number];

/** Whether a protocol needs no folder. */
export function isPlanted(protocol: Protocol): protocol is PlantedProtocol {
  return PLANTED_PROTOCOLS.some((planted) => planted === protocol);
}

/** What one run measures. */
export interface QualityOptions {
  /** Folder with interactions.csv.gz; empty for a protocol that needs none. */
  readonly data: string;
  /** Names of recipes, or "all". */
  readonly recipes: readonly string[];
  readonly protocol: Protocol;
  /** Training time for recipes that take one; absent: their default. */
  readonly minutes: number | undefined;
  readonly seed: number;
  readonly backend: "auto" | "native" | "wasm";
  /** Items with fewer interactions are dropped before anything else; 0 keeps all. */
  readonly minItemInteractions: number;
  /** Whether items of the user's history are left out of answers; "recipe" as each recipe does by itself. */
  readonly seen: "filter" | "keep" | "recipe";
  /** Which time a query carries: of the user's last known interaction, or of the true one. */
  readonly requestTime: "history" | "truth";
  /** Values of hyperparameters by name. */
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** File for the results, or undefined. */
  readonly json: string | undefined;
  /** The command line that repeats this run. */
  readonly command: string;
  readonly cores: number;
}

/** What the command takes. */
export const USAGE = `npm run quality -- --data FOLDER --recipe NAME [--recipe NAME …]
  --data FOLDER              interactions.csv.gz and, where there are, items.csv.gz and users.csv.gz; protocols
                             ${PLANTED_PROTOCOLS.join(", ")} make their own data and take none
  --recipe NAME              a recipe's name, several, or "all"
  --protocol PROTOCOL        ${PROTOCOLS.join(", ")} (default leave-one-out)
  --minutes N                training time, for recipes that take one
  --seed N                   of splits and training (default 1)
  --backend NAME             auto, native or wasm (default auto)
  --min-item-interactions N  drop rarer items first (default 5; 0 with protocol amazon)
  --seen MODE                filter, keep, or recipe for each recipe's own way (default filter; recipe with amazon)
  --request-time TIME        history or truth (default history)
  --set NAME=VALUE           a hyperparameter; repeatable
  --json FILE                write the results there`;

function oneOf<T extends string>(name: string, value: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new Error(`--${name} ${value}: must be one of ${choices.join(", ")}.`);
  return found;
}

function number(name: string, value: string, minimum: number): number {
  const parsed = value.trim() === "" ? Number.NaN : Number(value);
  if (!(parsed >= minimum)) throw new Error(`--${name} ${value}: must be a number from ${minimum}.`);
  return parsed;
}

/**
 * Reads the command line.
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
      set: { type: "string", multiple: true, default: [] },
      json: { type: "string" },
    },
  });
  const protocol = oneOf("protocol", values.protocol, PROTOCOLS);
  if (values.data === undefined && !isPlanted(protocol)) throw new Error("--data is required.");
  if (values.recipe === undefined) throw new Error("--recipe is required.");
  const asAmazon = protocol === "amazon";
  const pairs = values.set.map((pair): [string, string] => {
    const at = pair.indexOf("=");
    if (at < 1) throw new Error(`--set ${pair}: must be NAME=VALUE.`);
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  return {
    data: values.data ?? "",
    recipes: values.recipe.flatMap((names) => names.split(",")),
    protocol,
    minutes: values.minutes === undefined ? undefined : number("minutes", values.minutes, 0),
    seed: number("seed", values.seed, 0),
    backend: oneOf("backend", values.backend, ["auto", "native", "wasm"]),
    minItemInteractions: number("min-item-interactions", values["min-item-interactions"] ?? (asAmazon ? "0" : "5"), 0),
    seen: oneOf("seen", values.seen ?? (asAmazon ? "recipe" : "filter"), ["filter", "keep", "recipe"]),
    requestTime: oneOf("request-time", values["request-time"], ["history", "truth"]),
    hyperparameters: Object.fromEntries(pairs),
    json: values.json,
    command: `npm run quality -- ${args.join(" ")}`,
    cores: availableParallelism(),
  };
}
