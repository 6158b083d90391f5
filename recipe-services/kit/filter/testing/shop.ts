import { readFileSync } from "node:fs";
import type { FilterParameters } from "../src/language/parameters.js";
import { parseFilter } from "../src/language/parse.js";
import type { Target } from "../src/language/syntax.js";
import { compileFilter } from "../src/plan/compile.js";
import { memoryColumns, type MemoryData } from "../src/schema/memory-columns.js";

/** What is written in shop.json: a film shop with known users, and an item of which nothing is known but its id. */
interface ShopFile {
  readonly now: number;
  readonly names: Readonly<Record<Target, readonly string[]>>;
  readonly data: MemoryData;
}

const shop = JSON.parse(readFileSync(new URL("shop.json", import.meta.url), "utf8")) as ShopFile;

/** Time of every request to the shop, Unix seconds. */
export const NOW = shop.now;

/** Names of items, users and actions, by row. */
export const NAMES = shop.names;

/** The shop's data. */
export const SHOP = shop.data;

/** A request to the shop: as ann and about no item, unless said otherwise. */
export interface ShopRequest {
  readonly user?: number;
  readonly currentItem?: number;
  readonly parameters?: FilterParameters;
}

/** Names of what a filter lets through. */
export function letThrough(text: string, { user = 0, currentItem = -1, parameters = {} }: ShopRequest = {}): string {
  const filter = parseFilter(text);
  const excluded = new Uint8Array(NAMES[filter.target].length);
  compileFilter(filter, memoryColumns(SHOP)).bind(parameters).mark({ user, currentItem, now: NOW }, excluded);
  return NAMES[filter.target].filter((_, row) => excluded[row] === 0).join(" ");
}

/** Whether a filter lets an id through that is not known, and says so. */
export function letsThroughUnknown(
  text: string,
  id: string,
  { user = 0, currentItem = -1, parameters = {} }: ShopRequest = {},
): boolean {
  const bound = compileFilter(parseFilter(text), memoryColumns(SHOP)).bind(parameters);
  const context = { user, currentItem, now: NOW };
  const excluded = new Uint8Array(2);
  bound.markUnknown(context, ["another", id], excluded);
  const through = excluded[1] === 0;
  if (bound.explainUnknown(context, id).startsWith("Let through.") !== through) throw new Error("It says otherwise.");
  return through;
}

/** Why the filter lets an item through or not. */
export function explained(
  text: string,
  item: string,
  { user = 0, currentItem = -1, parameters = {} }: ShopRequest = {},
): string {
  const bound = compileFilter(parseFilter(text), memoryColumns(SHOP)).bind(parameters);
  return bound.explain({ user, currentItem, now: NOW }, NAMES.ItemID.indexOf(item));
}
