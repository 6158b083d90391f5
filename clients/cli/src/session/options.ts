import { InvalidArgumentError, Option, type Command } from "commander";

/** The gateway's address where none is given. */
const DEFAULT_URL = "http://127.0.0.1:4000";
const DEFAULT_TIMEOUT_SECONDS = 30;

/** Gives a command the options that every command has. */
export function withCommonOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--url <address>", "address of the gateway")
        .env("PALATE_URL")
        .default(DEFAULT_URL)
        .argParser(parseAddress),
    )
    .addOption(new Option("--key <key>", "API key, where the gateway asks who calls").env("PALATE_KEY"))
    .option("--json", "write JSON for programs: one document, or a line for each part of a stream")
    .addOption(
      new Option("--timeout <seconds>", "longest wait for an answer of the gateway")
        .default(DEFAULT_TIMEOUT_SECONDS)
        .argParser(parseSeconds),
    );
}

/** Gives a command the common options and the dataset group that it is about. */
export function withGroupOption(command: Command): Command {
  const help = "dataset group; may be left out where there is one only";
  return withCommonOptions(command.addOption(new Option("-g, --group <name>", help).env("PALATE_GROUP")));
}

/** A whole number above 0. */
export function parseCount(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError("It must be a whole number above 0.");
  return value;
}

/** A number from 0 to 1. */
export function parseShare(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= 1)) throw new InvalidArgumentError("It must be from 0 to 1.");
  return value;
}

function parseSeconds(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 2_000_000)) throw new InvalidArgumentError("It must be a number of seconds above 0.");
  return value;
}

function parseAddress(text: string): string {
  const address = /^[a-z]+:\/\//i.test(text) ? text : `http://${text}`;
  if (URL.canParse(address) && /^https?:/i.test(address)) return address;
  throw new InvalidArgumentError(`It must be an address such as ${DEFAULT_URL}.`);
}

/** Collects "name=value" options into an object: `--set a=1 --set b=2`. */
export function collectPairs(text: string, pairs: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("It must be NAME=VALUE.");
  return { ...pairs, [text.slice(0, at)]: text.slice(at + 1) };
}

/** Splits a list at commas. */
export function parseList(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** A whole number of any sign. */
export function parseWhole(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isSafeInteger(value)) throw new InvalidArgumentError("It must be a whole number.");
  return value;
}
