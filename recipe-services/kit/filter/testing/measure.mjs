/**
 * How long filters take over 100 000 items, from the built package: node recipe-services/kit/filter/testing/measure.mjs
 * Each figure is the median of many calls after warming up, in milliseconds.
 */
import { compileFilter, memoryColumns, parseFilter } from "@palate/filter";
import console from "node:console";
import { performance } from "node:perf_hooks";
import process from "node:process";

const ITEMS = 100_000;
const HISTORY = 500;
const NOW = 1_700_000_000;
let state = 1;
const draw = (bound) => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 8) % bound;
const GENRES = Array.from({ length: 20 }, (_, i) => `genre-${i}`);

const columns = memoryColumns({
  schema: {
    Items: [
      { name: "GENRE", type: "text" },
      { name: "BRAND", type: "text" },
      { name: "TITLE", type: "text", multiValued: false },
      { name: "PRICE", type: "number" },
      { name: "IN_STOCK", type: "boolean" },
      { name: "CREATION_TIMESTAMP", type: "number" },
    ],
    Users: [{ name: "AGE", type: "number" }],
    Interactions: [
      { name: "EVENT_TYPE", type: "text" },
      { name: "TIMESTAMP", type: "number" },
    ],
  },
  Items: Array.from({ length: ITEMS }, (_, i) => ({
    GENRE: Array.from({ length: 1 + draw(3) }, () => GENRES[draw(20)]).join("|"),
    BRAND: `brand-${draw(2000)}`,
    TITLE: `A title of item number ${i}, the ${draw(1000)}th of its kind`,
    PRICE: draw(10_000) / 100,
    IN_STOCK: draw(4) > 0,
    CREATION_TIMESTAMP: NOW - draw(365 * 86_400),
  })),
  Users: [{ AGE: 30 }],
  Interactions: Array.from({ length: HISTORY }, () => ({
    user: 0,
    target: draw(ITEMS),
    values: { EVENT_TYPE: ["view", "cart", "purchase"][draw(3)], TIMESTAMP: NOW - draw(90 * 86_400) },
  })),
});

const CASES = [
  ["bought", 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("purchase")'],
  [
    "bought this month",
    'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("purchase") AND Interactions.TIMESTAMP > now - 30d',
  ],
  ["category of the request", "INCLUDE ItemID WHERE Items.GENRE IN ($GENRE)", { GENRE: '"genre-3","genre-7"' }],
  [
    "price range and stock",
    "INCLUDE ItemID WHERE Items.PRICE >= $LOW AND Items.PRICE < $HIGH AND Items.IN_STOCK = true",
    { LOW: "10", HIGH: "50" },
  ],
  ["new, by the clock", "INCLUDE ItemID WHERE Items.CREATION_TIMESTAMP > now - 30d"],
  [
    "like the current item",
    "INCLUDE ItemID WHERE Items.GENRE IN (CurrentItem.GENRE) AND Items.PRICE < CurrentItem.PRICE",
  ],
  ["title contains", "EXCLUDE ItemID WHERE Items.TITLE CONTAINS $WORD", { WORD: '"7th"' }],
  [
    "all together",
    "INCLUDE ItemID WHERE Items.GENRE IN ($GENRE) AND (Items.PRICE < 50 OR NOT Items.IN_STOCK = true) | " +
      'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("purchase") OR Items.BRAND IN ("brand-1", "brand-2") AND Items.PRICE > 90 | ' +
      'EXCLUDE ItemID WHERE Items.GENRE IN ("genre-0") IF CurrentUser.AGE > 18',
    { GENRE: '"genre-3","genre-7"' },
  ],
];

function median(times) {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1].toFixed(3).padStart(9);
}
function times(calls, call) {
  return Array.from({ length: calls }, (_, i) => {
    const start = performance.now();
    call(i);
    return performance.now() - start;
  });
}

console.log(`${ITEMS} items, a history of ${HISTORY} interactions, Node ${process.version}; milliseconds`);
console.log(`${"".padEnd(26)}   compile   1st use  same     new user/item/second   new values`);
for (const [name, text, parameters = {}] of CASES) {
  const excluded = new Uint8Array(ITEMS);
  const context = { user: 0, currentItem: 17, now: NOW };
  const start = performance.now();
  const compiled = compileFilter(parseFilter(text), columns);
  const compile = performance.now() - start;
  const [first] = times(1, () => compiled.bind(parameters).mark(context, excluded));
  times(300, () => compiled.bind(parameters).mark(context, excluded));
  const same = times(300, () => compiled.bind(parameters).mark(context, excluded));
  const fresh = times(300, (i) =>
    compiled.bind(parameters).mark({ user: i % 2, currentItem: draw(ITEMS), now: NOW + i }, excluded),
  );
  const values = (i) => ({
    ...parameters,
    ...(parameters.GENRE && { GENRE: `"genre-${i % 20}","genre-${(i / 20) | 0}"` }),
    ...(parameters.LOW && { LOW: String(i / 100) }),
    ...(parameters.WORD && { WORD: `"${i}th"` }),
  });
  const bound = times(Object.keys(parameters).length ? 300 : 0, (i) =>
    compiled.bind(values(i)).mark(context, excluded),
  );
  console.log(
    `${name.padEnd(26)} ${median([compile])} ${median([first])} ${median(same)} ${median(fresh)}            ${bound.length ? median(bound) : "-"}`,
  );
}
