import type { FilterContext, FilterParameters } from "@palate/filter";
import { Random } from "@palate/numeric";
import { ChangeBatch, DatasetType, Interaction, Item, SnapshotStart, type Column } from "@palate/proto/dataset";
import { Replica, SnapshotBuffer } from "@palate/replica";
import { performance } from "node:perf_hooks";
import { spreadOf, type Spread } from "./percentiles.js";

const ITEMS = 100_000;
const USERS = 20_000;
const INTERACTIONS = 400_000;
const NOW = 1_700_000_000;
const DAY = 86_400;
const BATCH = 5_000;
const CALLS = 400;
/** Of a filter that looks at all users' interactions, which is for segments. */
const SLOW_CALLS = 20;

/** Heading of the table. */
export const FILTERS_TITLE = `Time that a filter adds to an answer, ${ITEMS.toLocaleString("en")} items`;

/** What one filter costs. */
export interface FilterFigures extends Spread {
  readonly what: string;
  readonly filter: string;
}

interface Case {
  readonly what: string;
  readonly filter: string;
  /** Values of the parameters of the n-th call. */
  readonly values?: (call: number) => FilterParameters;
  /** What happens before each call, outside of the time. */
  readonly before?: (replica: Replica, call: number) => void;
  readonly calls?: number;
}

const column = (name: string, type: string): Column => ({
  ...{ name, type, nullable: true, categorical: false, textual: false },
});

function batchesOf<T>(count: number, make: (index: number) => T): T[][] {
  return Array.from({ length: Math.ceil(count / BATCH) }, (_, batch) =>
    Array.from({ length: Math.min(BATCH, count - batch * BATCH) }, (_, i) => make(batch * BATCH + i)),
  );
}

function itemOf(index: number, random: Random): Item {
  const genres = Array.from({ length: 1 + random.integer(3) }, () => `genre-${random.integer(20)}`);
  const properties = {
    GENRE: [...new Set(genres)].join("|"),
    TITLE: `A title of item ${index}, the ${random.integer(1_000)}th of its kind`,
    PRICE: random.integer(10_000) / 100,
    IN_STOCK: random.integer(4) > 0,
  };
  return Item.create({ itemId: `i${index}`, properties: JSON.stringify(properties) });
}

function eventOf(random: Random, timestamp: number): Interaction {
  return Interaction.create({
    userId: `u${Math.floor(USERS * random.uniform() ** 2)}`,
    itemId: `i${Math.floor(ITEMS * random.uniform() ** 2)}`,
    eventType: ["view", "cart", "purchase"][random.integer(3)]!,
    timestamp,
  });
}

function shop(random: Random): Replica {
  const columns = ["ITEM_ID", "GENRE", "TITLE"].map((name) => column(name, "string"));
  columns.push(column("PRICE", "double"), column("IN_STOCK", "boolean"));
  const datasets = [{ datasetType: DatasetType.DATASET_TYPE_ITEMS, columns }];
  const replica = new Replica(new SnapshotBuffer(SnapshotStart.create({ datasets }), false), 0);
  for (const items of batchesOf(ITEMS, (index) => itemOf(index, random))) replica.apply(ChangeBatch.create({ items }));
  const event = () => eventOf(random, NOW - random.integer(90 * DAY));
  for (const interactions of batchesOf(INTERACTIONS, event)) replica.apply(ChangeBatch.create({ interactions }));
  return replica;
}

const oneEvent = (random: Random) => (replica: Replica) =>
  replica.apply(ChangeBatch.create({ interactions: [eventOf(random, NOW)] }));
const oneItem = (random: Random) => (replica: Replica, call: number) =>
  replica.apply(ChangeBatch.create({ items: [itemOf(call, random)] }));

function casesOf(random: Random): readonly Case[] {
  const genre = "INCLUDE ItemID WHERE Items.GENRE IN ($GENRE)";
  const bought = 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("purchase")';
  return [
    { what: "what the user bought, an event before each", filter: bought, before: oneEvent(random) },
    {
      what: "bought within 30 days, seconds pass",
      filter: 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE = "purchase" AND Interactions.TIMESTAMP > now - 30d',
    },
    {
      what: "one of 8 genres, an event before each",
      filter: genre,
      values: (call) => ({ GENRE: `"genre-${call % 8}"` }),
      before: oneEvent(random),
    },
    {
      what: "genre and price, never the same values",
      filter: `${genre.replace("$GENRE", "$GENRE, $OTHER")} AND Items.PRICE < $MOST`,
      values: (call) => ({
        GENRE: `"genre-${call % 20}"`,
        OTHER: `"genre-${(call * 7) % 20}"`,
        MOST: String(call / 8),
      }),
    },
    {
      what: "genre, stock and bought, an item before each",
      filter: `${genre} AND Items.IN_STOCK = true | ${bought}`,
      values: () => ({ GENRE: '"genre-3","genre-7"' }),
      before: oneItem(random),
    },
    {
      what: "words in titles, never the same",
      filter: "INCLUDE ItemID WHERE Items.TITLE CONTAINS $WORD",
      values: (call) => ({ WORD: `"the ${call}th"` }),
    },
    {
      what: `segment: users who bought within 30 days, of ${USERS.toLocaleString("en")}, an event before each`,
      filter: 'INCLUDE UserID WHERE Interactions.EVENT_TYPE = "purchase" AND Interactions.TIMESTAMP > now - 30d',
      before: oneEvent(random),
      calls: SLOW_CALLS,
    },
  ];
}

/** Measures binding, marking and taking the marks away again, which is what a filter adds to an answer. */
export function measureFilters(): FilterFigures[] {
  const random = new Random(1);
  const replica = shop(random);
  const marks = new Uint8Array(Math.max(ITEMS, USERS) + CALLS);
  return casesOf(random).map(({ what, filter, values, before, calls = CALLS }) => {
    const times: number[] = [];
    for (let call = 0; call < calls + calls / 4; call++) {
      before?.(replica, call);
      const subject: FilterContext = { user: call % 500, now: NOW + call };
      const started = performance.now();
      replica.filters.compiled(filter).bind(values?.(call)).mark(subject, marks);
      marks.fill(0);
      times.push(performance.now() - started);
    }
    return { what, filter, ...spreadOf(times.slice(calls / 4)) };
  });
}
