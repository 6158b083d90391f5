import {
  compileFilter,
  memoryColumns,
  parseFilter,
  type FilterParameters,
  type MemoryData,
} from "../../src/filter/index.js";

/** Time of every request to the shop, Unix seconds. */
export const NOW = 1_700_000_000;

const DAY = 86_400;
const ago = (days: number): number => NOW - days * DAY;

/** Names of items, users and actions, by row. */
export const NAMES = {
  ItemID: ["alien", "toystory", "shining", "amelie", "unknown"],
  UserID: ["ann", "bob", "cid"],
  ActionID: ["newsletter", "upgrade", "survey"],
} as const;

const [ALIEN, TOY_STORY, SHINING, AMELIE] = [0, 1, 2, 3];
const [ANN, BOB] = [0, 1];

const event = (user: number, target: number, EVENT_TYPE: string, days: number, EVENT_VALUE: number | null = null) => ({
  user,
  target,
  values: { EVENT_TYPE, TIMESTAMP: ago(days), EVENT_VALUE },
});

/** A film shop with two known users, and an item of which nothing is known but its id. */
export const SHOP: MemoryData = {
  schema: {
    Items: [
      { name: "ITEM_ID", type: "text", multiValued: false },
      { name: "GENRE", type: "text" },
      { name: "BRAND", type: "text" },
      { name: "DESCRIPTION", type: "text", multiValued: false },
      { name: "YEAR", type: "number" },
      { name: "PRICE", type: "number" },
      { name: "CREATION_TIMESTAMP", type: "number" },
      { name: "ADULT", type: "boolean" },
    ],
    Users: [
      { name: "AGE", type: "number" },
      { name: "MEMBERSHIP", type: "text" },
      { name: "STAFF", type: "boolean" },
    ],
    Actions: [
      { name: "CATEGORY", type: "text" },
      { name: "VALUE", type: "number" },
    ],
    Interactions: [
      { name: "EVENT_TYPE", type: "text", multiValued: false },
      { name: "TIMESTAMP", type: "number" },
      { name: "EVENT_VALUE", type: "number" },
    ],
    Action_Interactions: [
      { name: "EVENT_TYPE", type: "text", multiValued: false },
      { name: "TIMESTAMP", type: "number" },
    ],
  },
  Items: [
    {
      ITEM_ID: "alien",
      GENRE: "horror|sci-fi",
      BRAND: "Fox",
      DESCRIPTION: "In space no one can hear you",
      YEAR: 1979,
      PRICE: 5,
      CREATION_TIMESTAMP: ago(400),
      ADULT: true,
    },
    {
      ITEM_ID: "toystory",
      GENRE: "comedy|family",
      BRAND: "Pixar",
      DESCRIPTION: "Toys | and a Space Ranger",
      YEAR: 1995,
      PRICE: 10,
      CREATION_TIMESTAMP: ago(20),
      ADULT: false,
    },
    {
      ITEM_ID: "shining",
      GENRE: "horror",
      BRAND: "Warner",
      DESCRIPTION: "A hotel in winter",
      YEAR: 1980,
      PRICE: 7.5,
      CREATION_TIMESTAMP: ago(1),
      ADULT: true,
    },
    {
      ITEM_ID: "amelie",
      GENRE: "comedy",
      BRAND: "Fox",
      DESCRIPTION: null,
      YEAR: 2001,
      PRICE: 7.5,
      CREATION_TIMESTAMP: ago(90),
      ADULT: false,
    },
    { ITEM_ID: "unknown" },
  ],
  Users: [
    { AGE: 15, MEMBERSHIP: "basic", STAFF: false },
    { AGE: 40, MEMBERSHIP: "premium", STAFF: true },
    { AGE: null, MEMBERSHIP: null, STAFF: null },
  ],
  Actions: [
    { CATEGORY: "mail", VALUE: 1 },
    { CATEGORY: "plan|mail", VALUE: 9 },
    { CATEGORY: "form", VALUE: 3 },
  ],
  Interactions: [
    event(ANN, ALIEN, "Click", 40),
    event(ANN, ALIEN, "purchase", 40, 5),
    event(ANN, TOY_STORY, "click", 2),
    event(ANN, SHINING, "watch", 2, 0.9),
    event(ANN, SHINING, "watch", 1, 0.1),
    event(BOB, AMELIE, "like", 300),
  ],
  Action_Interactions: [event(ANN, 0, "Taken", 2), event(ANN, 1, "NOT_TAKEN", 30)],
};

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

/** Why the filter lets an item through or not. */
export function explained(
  text: string,
  item: string,
  { user = 0, currentItem = -1, parameters = {} }: ShopRequest = {},
): string {
  const bound = compileFilter(parseFilter(text), memoryColumns(SHOP)).bind(parameters);
  return bound.explain({ user, currentItem, now: NOW }, (NAMES.ItemID as readonly string[]).indexOf(item));
}
