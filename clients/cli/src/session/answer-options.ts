import { Option, type Command } from "commander";
import type { FilterQuery, RecommendationQuery } from "../operations/answers.js";
import { collectPairs, parseCount, parseList, withGroupOption } from "./options.js";
import type { GroupOptions } from "./session.js";

/** Options of commands that ask a campaign and may filter its answer. */
export interface FilterOptions extends GroupOptions {
  readonly campaign?: string;
  readonly filter?: string;
  readonly where?: string;
  readonly value?: Readonly<Record<string, string>>;
}

/** Options of commands whose answer is items. */
export interface ItemOptions extends FilterOptions {
  readonly columns: readonly string[];
  readonly context?: Readonly<Record<string, string>>;
}

/** Options of commands that ask for items. */
export interface AnswerOptions extends ItemOptions {
  readonly number: number;
  readonly seen?: "exclude" | "include";
  readonly reasons?: boolean;
}

/** Gives a command the campaign that it asks, and filters. */
export function withFilterOptions(command: Command): Command {
  return withGroupOption(command)
    .option("-c, --campaign <name>", "campaign to ask; may be left out where only one can answer")
    .option("-f, --filter <name>", "filter of the answer")
    .option("-w, --where <expression>", "filter of the answer, as an expression")
    .option(
      "--value <name=values>",
      "value of a filter's parameter, several with commas; may be repeated",
      collectPairs,
    );
}

/** Gives a command what can be said of the items in its answer. */
export function withItemOptions(command: Command): Command {
  return withFilterOptions(command)
    .option("--columns <names>", "columns of the items dataset to show, with commas; default all", parseList, ["*"])
    .option("--context <column=value>", "the situation, such as DEVICE=phone; may be repeated", collectPairs);
}

/** Gives a command what can be asked for with items. */
export function withAnswerOptions(command: Command): Command {
  return withItemOptions(command)
    .option("-n, --number <count>", "items wanted", parseCount, 10)
    .addOption(
      new Option(
        "--seen <how>",
        "items that the user has interacted with: exclude or include (default: as the recipe)",
      ).choices(["exclude", "include"]),
    )
    .option("--reasons", "say for each item what speaks for it");
}

/** Variables of a filter. */
export function filterVariables({ filter, where, value }: FilterOptions): FilterQuery {
  const values = Object.entries(value ?? {}).map(([name, text]) => ({ name, values: parseList(text) }));
  return { filter: filter ?? null, filterExpression: where ?? null, filterValues: values.length > 0 ? values : null };
}

/** Variables of a question whose answer is items. */
export function itemVariables(options: ItemOptions): Pick<RecommendationQuery, "columns" | "context"> & FilterQuery {
  return { columns: options.columns, context: options.context ?? null, ...filterVariables(options) };
}

/** Variables of a question for items. */
export function answerVariables(
  options: AnswerOptions,
): Pick<RecommendationQuery, "first" | "columns" | "seenItems" | "context" | "withReasons"> & FilterQuery {
  const seen = { exclude: "EXCLUDE", include: "INCLUDE" } as const;
  return {
    first: options.number,
    seenItems: options.seen === undefined ? null : seen[options.seen],
    withReasons: options.reasons ?? false,
    ...itemVariables(options),
  };
}
