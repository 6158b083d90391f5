import { DatasetType } from "@palate/proto/dataset";
import { iso, jsonLines, lines, NUMBERS, rows, second, time, two, type LookAlike } from "./look-alike.js";

const ga4 = jsonLines((i) => ({
  event_date: iso(i).slice(0, 10).replaceAll("-", ""),
  event_timestamp: `${second(i)}123456`,
  event_name: i % 2 ? "view_item" : "purchase",
  event_params: [{ key: "page_title", value: { string_value: "Made up" } }],
  ...(i % 3 ? {} : { user_id: `member-${i}` }),
  user_pseudo_id: `1026454.42${two(i)}`,
  items:
    i === 5
      ? []
      : [
          {
            item_id: `SKU_00${i}`,
            item_name: `Shirt, ${i}`,
            item_brand: "Made Up",
            item_category: "Apparel",
            price: 12.5,
            quantity: 2,
          },
          { item_id: "SKU_X", item_name: "Bag", item_brand: "Made Up", item_category: "Bags", price: 3 },
        ],
}));

const segmentLine = (i: number) => {
  const base = {
    type: "track",
    event: i % 2 ? "Product Viewed" : "Order Completed",
    messageId: `ajs-${i}`,
    ...(i % 3 ? {} : { userId: `u${i}` }),
    anonymousId: `anon-${i}`,
    timestamp: iso(i).replace("Z", ".869Z"),
    context: { page: { path: "/" } },
  };
  if (i === 4) return { ...base, type: "page", event: undefined, properties: { path: "/" } };
  if (i % 2) return { ...base, properties: { product_id: `00${i}`, price: 18.5 } };
  const products = [
    { product_id: `00${i}`, price: 19, quantity: 1 },
    { sku: `S-${i}`, price: 3, quantity: 2 },
  ];
  return { ...base, properties: { order_id: "5", products } };
};

const SNOWPLOW_WIDTH = 131;

function snowplowLine(i: number): string {
  const cells = Array.from({ length: SNOWPLOW_WIDTH }, () => "");
  const set = (place: number, value: string) => (cells[place - 1] = value);
  const stamp = iso(i).replace("T", " ").replace("Z", ".287");
  set(1, "shop");
  set(2, "web");
  set(3, stamp);
  set(4, stamp);
  set(6, "struct");
  set(7, `c6ef3124-b53a-4b13-a233-0088f79dcb${two(i)}`);
  set(13, i % 3 ? "" : `user-${i}`);
  set(16, `bc2e92ec6c20${two(i)}`);
  set(19, "DE");
  set(36, "/product");
  set(54, "shop");
  set(55, "add-to-basket");
  set(57, `sku-0${i}`);
  set(58, "35.5");
  set(102, "Mobile");
  set(125, stamp);
  set(127, "event");
  return cells.join("\t");
}

/** "2012-01-01 05:30:59 +0530": a time with an offset. */
const offsetTime = (i: number) =>
  `${new Date(time(i).getTime() + 5.5 * 3_600_000).toISOString().slice(0, 19).replace("T", " ")} +0530`;

const SHOPIFY_HEADER = [
  ...[
    "Name",
    "Email",
    "Financial Status",
    "Paid at",
    "Currency",
    "Subtotal",
    "Total",
    "Created at",
    "Lineitem quantity",
  ],
  ...["Lineitem name", "Lineitem price", "Lineitem sku", "Billing Name", "Notes", "Id"],
].join(",");

/** Exports of vendors. */
export const VENDORS: readonly LookAlike[] = [
  {
    layout: "Google Analytics 4 events",
    file: "1.json",
    content: ga4,
    rows: NUMBERS.filter((i) => i !== 5).flatMap((i) => {
      const row = {
        USER_ID: i % 3 ? `1026454.42${two(i)}` : `member-${i}`,
        TIMESTAMP: second(i),
        EVENT_TYPE: i % 2 ? "view_item" : "purchase",
      };
      return [
        { ...row, ITEM_ID: `SKU_00${i}`, PRICE: 12.5, QUANTITY: 2 },
        { ...row, ITEM_ID: "SKU_X", PRICE: 3 },
      ];
    }),
  },
  {
    layout: "Google Analytics 4 items",
    file: "2.json",
    content: ga4,
    type: DatasetType.DATASET_TYPE_ITEMS,
    rows: NUMBERS.filter((i) => i !== 5).flatMap((i) => [
      { ITEM_ID: `SKU_00${i}`, NAME: `Shirt, ${i}`, BRAND: "Made Up", CATEGORY: "Apparel", PRICE: 12.5 },
      { ITEM_ID: "SKU_X", NAME: "Bag", BRAND: "Made Up", CATEGORY: "Bags", PRICE: 3 },
    ]),
  },
  {
    layout: "Segment track calls",
    file: "3.json",
    content: jsonLines(segmentLine),
    rows: NUMBERS.filter((i) => i !== 4).flatMap((i) => {
      const row = {
        USER_ID: i % 3 ? `anon-${i}` : `u${i}`,
        TIMESTAMP: second(i),
        EVENT_TYPE: i % 2 ? "Product Viewed" : "Order Completed",
      };
      if (i % 2) return [{ ...row, ITEM_ID: `00${i}`, PRICE: 18.5 }];
      return [
        { ...row, ITEM_ID: `00${i}`, PRICE: 19, QUANTITY: 1 },
        { ...row, ITEM_ID: `S-${i}`, PRICE: 3, QUANTITY: 2 },
      ];
    }),
  },
  {
    layout: "Snowplow enriched events",
    file: "4.tsv",
    content: lines(snowplowLine),
    rows: rows((i) => ({
      USER_ID: i % 3 ? `bc2e92ec6c20${two(i)}` : `user-${i}`,
      ITEM_ID: `sku-0${i}`,
      TIMESTAMP: second(i),
      EVENT_TYPE: "add-to-basket",
      EVENT_VALUE: 35.5,
      COUNTRY: "DE",
      DEVICE: "Mobile",
    })),
  },
  {
    layout: "Shopify orders (CSV)",
    file: "5.csv",
    // Two lines an order, of which the second has the item only; the last order is one without an address.
    content: `${lines(
      (i) =>
        `#10${two(i)},c${i}@mail.example,paid,${offsetTime(i)},EUR,30.00,35.00,${offsetTime(i)},2,"Shirt, blue",12.50,SH-0${i},"N, N",,45${i}\n` +
        `#10${two(i)},c${i}@mail.example,,,,,,,1,Bag ${i},3.00,,,,`,
      SHOPIFY_HEADER,
    )}#2000,,paid,,EUR,3.00,3.00,${offsetTime(1)},1,Bag,3.00,,,,9\n`,
    rows: NUMBERS.flatMap((i) => {
      const row = { USER_ID: `c${i}@mail.example`, TIMESTAMP: second(i), EVENT_TYPE: "purchase" };
      return [
        { ...row, ITEM_ID: `SH-0${i}`, PRICE: 12.5, QUANTITY: 2 },
        { ...row, ITEM_ID: `Bag ${i}`, PRICE: 3, QUANTITY: 1 },
      ];
    }),
  },
  {
    layout: "Shopify orders (JSON)",
    file: "6.json",
    content: JSON.stringify({
      orders: NUMBERS.map((i) => ({
        id: 450789469 + i,
        created_at: `${offsetTime(i).slice(0, 19).replace(" ", "T")}+05:30`,
        customer: i === 3 ? null : { id: 207119551 + i },
        line_items: [{ id: 1, product_id: 7513594 + i, sku: "IPOD-342-N", price: "199.00", quantity: 1 }],
      })),
    }),
    rows: NUMBERS.filter((i) => i !== 3).map((i) => ({
      USER_ID: String(207119551 + i),
      ITEM_ID: String(7513594 + i),
      TIMESTAMP: second(i),
      EVENT_TYPE: "purchase",
      PRICE: 199,
      QUANTITY: 1,
    })),
  },
  {
    layout: "Shopify products (CSV)",
    file: "7.csv",
    content: lines(
      (i) =>
        `shirt-${i},"Shirt, ${i}","<p>Soft</p>",Made Up,Shirts,"summer, blue",S-${i},12.50\nshirt-${i},,,,,,M-${i},13.50`,
      "Handle,Title,Body (HTML),Vendor,Type,Tags,Variant SKU,Variant Price",
    ),
    rows: rows((i) => ({
      ITEM_ID: `shirt-${i}`,
      TITLE: `Shirt, ${i}`,
      DESCRIPTION: "<p>Soft</p>",
      VENDOR: "Made Up",
      TYPE: "Shirts",
      TAGS: "summer|blue",
      PRICE: 12.5,
    })),
  },
];
