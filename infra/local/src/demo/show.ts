import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import pc from "picocolors";
import type { PalateClient, Recommendations, RecommendedItem } from "../client/palate-client.js";
import { productNames, purchasesOf, type Purchase } from "./sample.js";
import { sideBySide, type ShownList, type ShownProduct } from "./tables.js";

/** Customers shown: one buys clocks, one old-fashioned toys, one candles. */
const CUSTOMERS = ["15380", "13743", "14167"];
const ROWS = 6;
const NAME_COLUMN = "DESCRIPTION";
/** A terminal tells its width; elsewhere this many characters. */
const DEFAULT_WIDTH = 120;
/** How long the answer gets to change after an event before the demo says that it did not. */
const CHANGE_TIMEOUT_MS = 10_000;

const width = () => process.stdout.columns || DEFAULT_WIDTH;
const write = (text: string) => process.stdout.write(`${text}\n`);

function shown(item: RecommendedItem): ShownProduct {
  return { name: item.attributes.get(NAME_COLUMN) ?? item.itemId, note: scoreText(item.score) };
}

/** Counts as they are, other scores with the digits that distinguish them. */
function scoreText(score: number | null): string {
  if (score === null) return "";
  return Number.isInteger(score) ? String(score) : score.toPrecision(3);
}

function dateText(timestamp: number): string {
  const options = { day: "2-digit", month: "short", timeZone: "UTC" } as const;
  return new Date(timestamp * 1000).toLocaleDateString("en-GB", options);
}

/** Prints what three customers bought lately and what is for each and like their last purchase, then what is popular. */
export async function showRecommendations(client: PalateClient): Promise<void> {
  const names = productNames();
  const purchases = purchasesOf(CUSTOMERS);
  const columns = [NAME_COLUMN];
  for (const userId of CUSTOMERS) {
    const bought = purchases.get(userId) ?? [];
    const [last] = bought;
    const forYou = await client.recommend({ campaign: "for-you", userId, first: ROWS, columns });
    const similar =
      last && (await client.recommend({ campaign: "similar", itemId: last.itemId, first: ROWS, columns }));
    const nameOf = (purchase: Purchase) => names.get(purchase.itemId) ?? purchase.itemId;
    const lists: ShownList[] = [
      {
        title: "Bought lately",
        products: bought.slice(0, ROWS).map((each) => ({ name: nameOf(each), note: dateText(each.timestamp) })),
      },
      { title: "For you", products: forYou.items.map(shown) },
      { title: "Like the last one bought", products: similar?.items.map(shown) ?? [] },
    ];
    write(`\n${pc.bold(`Customer ${userId}`)}, ${bought.length} purchases`);
    write(sideBySide(lists, width()));
  }
  const popular = await client.recommend({ campaign: "popular", first: ROWS, columns });
  write(`\n${pc.bold("Anybody")}`);
  write(sideBySide([{ title: "Popular (customers)", products: popular.items.map(shown) }], width()));
  write(
    pc.dim("For you: aws-user-personalization-v2. Like the last one bought: aws-sims. Popular: aws-popularity-count."),
  );
}

/** Lets a customer buy the first recommendation, and prints how the next answer differs. */
export async function showEvent(client: PalateClient): Promise<void> {
  const [userId = ""] = CUSTOMERS;
  const query = { campaign: "for-you", userId, first: ROWS, columns: [NAME_COLUMN] };
  const before = await client.recommend(query);
  const [bought] = before.items;
  if (!bought) return;
  const sent = performance.now();
  const { itemId } = bought;
  const { recommendationId } = before;
  await client.putEvents([{ userId, itemId, eventType: "purchase", recommendationId }]);
  const acknowledged = performance.now();
  const after = await changedAnswer(() => client.recommend(query), before);
  const changed = performance.now();
  const name = bought.attributes.get(NAME_COLUMN) ?? itemId;
  write(
    `\nCustomer ${userId} buys ${pc.bold(name)}. The event was durable after ${(acknowledged - sent).toFixed(0)} ms;`,
  );
  if (after === undefined) {
    write(`the answer did not change within ${CHANGE_TIMEOUT_MS / 1000} s.`);
    return;
  }
  write(`${(changed - acknowledged).toFixed(0)} ms later the answer had changed:`);
  const known = new Set(before.items.map((item) => item.itemId));
  const lists = [
    { title: "For you, before", products: before.items.map(shown) },
    {
      title: "For you, after",
      products: after.items.map((item) => {
        const isNew = !known.has(item.itemId);
        const product = shown(item);
        return { ...product, isNew, note: isNew ? `${product.note} new` : product.note };
      }),
    },
  ];
  write(sideBySide(lists, width()));
}

async function changedAnswer(ask: () => Promise<Recommendations>, before: Recommendations) {
  const keyOf = ({ items }: Recommendations) => items.map(({ itemId }) => itemId).join();
  const end = Date.now() + CHANGE_TIMEOUT_MS;
  for (;;) {
    const answer = await ask();
    if (keyOf(answer) !== keyOf(before)) return answer;
    if (Date.now() > end) return undefined;
    await sleep(5);
  }
}
