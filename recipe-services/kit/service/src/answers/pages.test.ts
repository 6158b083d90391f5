/** Pages that follow one another by page token: as one long answer where nothing changes, and complete whatever does. */
import { compileFilter, memoryColumns, parseFilter } from "@palate/filter";
import { Random } from "@palate/numeric";
import { GetRecommendationsRequest, SeenItems, type GetRecommendationsResponse } from "@palate/proto/recipe";
import {
  replicaViewOf,
  trainingDataOf,
  type History,
  type ItemDescriptor,
  type ItemModel,
  type Query,
  type ReplicaView,
} from "@palate/recipe";
import { describe, expect, it } from "vitest";
import { ExclusionMask } from "../serving/exclusion-mask.js";
import type { LoadedModel } from "../serving/serving-hub.js";
import { recommend } from "./recommend.js";

const ITEMS = 120;
const ids = Array.from({ length: ITEMS }, (_, item) => `i${item}`);
const kindOf = (item: number): string => "abc"[item % 3]!;

const descriptor: ItemDescriptor = {
  ...{ name: "aws-test", type: "USER_PERSONALIZATION", description: "", hyperparameters: [], formatVersion: 1 },
  ...{ requiresUser: true, requiresItem: false, excludesSeenByDefault: true },
};

/** A shop in which a test can change what comes first, what there is, and what the user has had. */
class Shop implements LoadedModel {
  readonly versionId = "0badcafe";
  readonly checkpoint = 1;
  readonly descriptor = descriptor;
  readonly replica: ReplicaView;
  readonly model: ItemModel;
  /** Items, best first; the model gives no score to those behind `known`. */
  order = ids.map((_, item) => item);
  known = ITEMS - 10;
  had: number[] = [2, 5, 8];
  /** Items that there are: all but the last of the catalogue. */
  count = ITEMS - 5;

  constructor() {
    const rows = ids.map((item, timestamp) => ({ user: "u", item, timestamp }));
    const fixed = replicaViewOf(trainingDataOf(rows, ids, { KIND: ids.map((_, item) => kindOf(item)) }));
    const data = memoryColumns({
      schema: { Items: [{ name: "KIND", type: "text" }] },
      Items: ids.map((_, item) => ({ KIND: kindOf(item) })),
    });
    const filter = (text: string) => compileFilter(parseFilter(text), data);
    const history = (): History => ({
      items: Int32Array.from(this.had),
      timestamps: Float64Array.from(this.had.keys()),
    });
    const itemCount = (): number => this.count;
    this.replica = {
      ...fixed,
      get itemCount() {
        return itemCount();
      },
      history,
      filters: { has: () => true, named: filter, compiled: filter },
    };
    this.model = {
      recommend: ({ excluded, limit }: Query) => {
        const listed = this.order.slice(0, this.known).filter((item) => item < this.count && excluded[item] !== 1);
        const items = Int32Array.from(listed.slice(0, limit));
        return { items, scores: Float32Array.from(items, (_, rank) => 1 / (1 + rank)) };
      },
    };
  }

  ask(request: object): GetRecommendationsResponse {
    const whole = { userId: "u", withPageToken: true, ...request };
    return recommend(GetRecommendationsRequest.fromPartial(whole), this, new ExclusionMask(), 1_000);
  }

  /** All pages of a list, each of the next size; what happens between two of them is up to the caller. */
  pages(request: object, sizes: () => number, between: () => void = () => undefined): GetRecommendationsResponse[] {
    const pages: GetRecommendationsResponse[] = [];
    for (let pageToken = ""; ; between()) {
      const page = this.ask({ ...request, numResults: sizes(), pageToken });
      pages.push(page);
      if (!page.hasMore) return pages;
      pageToken = page.nextPageToken;
    }
  }
}

const joined = <K extends "itemIds" | "scores" | "promotions">(
  pages: readonly GetRecommendationsResponse[],
  field: K,
) => pages.flatMap((page) => page[field] as (string | number)[]);

const QUESTIONS: readonly (readonly [name: string, request: object])[] = [
  ["a plain list", {}],
  ["without seen items", { seenItems: SeenItems.SEEN_ITEMS_EXCLUDE }],
  ["a filter", { filterExpression: 'EXCLUDE ItemID WHERE Items.KIND = "a"' }],
  ["diversity", { diversity: { weight: 0.4 } }],
  ["limits per value", { diversity: { column: "KIND", maxPerValue: 2, window: 6 } }],
  [
    "promotions",
    {
      promotions: [{ name: "p", filterExpression: 'INCLUDE ItemID WHERE Items.KIND = "c"', percentPromotedItems: 30 }],
    },
  ],
];

describe("pages of one list", () => {
  it.each(QUESTIONS)("are as one long answer where nothing changes: %s", (_name, request) => {
    const shop = new Shop();
    const pages = shop.pages(request, () => 10);
    const byOffset = pages.map((_, page) => shop.ask({ ...request, numResults: 10, offset: 10 * page }));
    expect(pages.length).toBeGreaterThan(6);
    for (const field of ["itemIds", "scores", "promotions"] as const)
      expect(joined(pages, field)).toEqual(joined(byOffset, field));
    expect(pages.map(({ reasons }) => reasons)).toEqual(byOffset.map(({ reasons }) => reasons));
  });

  it.each(QUESTIONS)("have each item once, whatever happens between them: %s", (_name, request) => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = new Random(seed);
      const shop = new Shop();
      const before = new Set(shop.ask({ ...request, numResults: 1_000 }).itemIds);
      const upTo = (count: number): number => Math.floor(random.uniform() * count);
      const pages = shop.pages(
        request,
        () => 1 + upTo(15),
        () => {
          // Another model, the user's own choices, new items, in any order.
          if (upTo(2) === 0) random.shuffle(shop.order);
          if (upTo(3) === 0) shop.known = ITEMS - upTo(60);
          for (let events = upTo(4); events > 0; events--) shop.had.push(upTo(shop.count));
          if (upTo(8) === 0 && shop.count < ITEMS) shop.count++;
        },
      );
      const shown = joined(pages, "itemIds");
      expect(new Set(shown).size, `seed ${seed}`).toBe(shown.length);
      expect(
        [...before].filter((id) => !shown.includes(id)),
        `seed ${seed}`,
      ).toEqual([]);
    }
  });

  it("keep to a limit per value over the border of two pages", () => {
    const shop = new Shop();
    const request = { diversity: { column: "KIND", maxPerValue: 2, window: 6 } };
    const [first, second] = [shop.ask({ ...request, numResults: 4 })].flatMap((page) => {
      shop.order = shop.order.filter((item) => item % 3 === 0).concat(shop.order.filter((item) => item % 3 !== 0));
      return [page, shop.ask({ ...request, numResults: 2, pageToken: page.nextPageToken })];
    });
    const kinds = [...first!.itemIds, ...second!.itemIds].map((id) => kindOf(Number(id.slice(1))));
    for (const kind of "abc") expect(kinds.filter((one) => one === kind)).toHaveLength(2);
  });

  it("have the token of the next page only when it is asked for, and no offset beside it", () => {
    const shop = new Shop();
    expect(shop.ask({ withPageToken: false }).nextPageToken).toBe("");
    const { nextPageToken: pageToken } = shop.ask({ numResults: 2 });
    expect(() => shop.ask({ pageToken, offset: 2 })).toThrow(/offset means nothing beside page_token/);
    expect(() => shop.ask({ pageToken, userId: "v" })).toThrow(/another user's list/);
  });

  it("leave out what was hidden or filtered meanwhile", () => {
    const shop = new Shop();
    const { nextPageToken: pageToken, itemIds } = shop.ask({ numResults: 2 });
    expect(itemIds).toEqual(["i0", "i1"]);
    Object.assign(shop.replica, { hiddenItems: () => Int32Array.of(3) });
    expect(shop.ask({ pageToken, numResults: 2 }).itemIds).toEqual(["i4", "i6"]);
  });
});
