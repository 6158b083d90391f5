import { type ContentSample, textsAt } from "../sampling/content-sample.js";
import type { Layout, Plan } from "../layout.js";
import { categorical, float, from, INTERACTIONS, ISO, ITEMS, long, MICROSECONDS, text, vendor } from "./parts.js";
import { SNOWPLOW_COLUMNS } from "./snowplow-columns.js";

/** A row for each product of an event: those of an order, or the one that the event is about. */
function segment(sample: ContentSample): Plan {
  // JSON leaves out what no row has.
  const users = ["userId", "anonymousId"].filter((name) => sample.columns.includes(name));
  return {
    type: INTERACTIONS,
    sql: [
      `SELECT coalesce(${users.map((name) => `"${name}"`).join(", ")}) AS user_id, event, "timestamp",`,
      "json_extract_string(product, '$.product_id') AS product_id, json_extract_string(product, '$.sku') AS sku,",
      "json_extract_string(product, '$.price') AS price, json_extract_string(product, '$.quantity') AS quantity",
      "FROM (SELECT *, unnest(coalesce(nullif(json_extract(properties, '$.products[*]'), []), [properties::JSON])) AS product",
      "FROM file WHERE type = 'track') WHERE product_id IS NOT NULL OR sku IS NOT NULL ORDER BY row_number",
    ].join(" "),
    columns: {
      USER_ID: from("user_id"),
      ITEM_ID: from("product_id", "sku"),
      TIMESTAMP: { from: "timestamp", time: ISO },
      EVENT_TYPE: from("event"),
      PRICE: float("price"),
      QUANTITY: long("quantity"),
    },
    notes: [
      "A row for each product of an event; events without a product are left out.",
      "USER_ID is userId of those who are signed in, otherwise anonymousId.",
    ],
  };
}

/** What events of a web site are about: products, where there are any, or its pages. */
function snowplow(sample: ContentSample): Plan {
  const sold = textsAt(sample, "#69").length > 0;
  const named = textsAt(sample, "#57").length > 0;
  const [item, what] = sold
    ? ["ti_sku", "the product"]
    : named
      ? ["se_property", "se_property"]
      : ["page_urlpath", "the page's path"];
  return {
    type: INTERACTIONS,
    csv: { delimiter: "\t", header: false, names: SNOWPLOW_COLUMNS, quote: "" },
    rowFilter: `${item} IS NOT NULL`,
    columns: {
      USER_ID: from("user_id", "domain_userid", "network_userid"),
      ITEM_ID: from(item!),
      TIMESTAMP: { from: ["derived_tstamp", "collector_tstamp"], time: ISO },
      EVENT_TYPE: from("se_action", "event_name", "event"),
      EVENT_VALUE: from("se_value"),
      ...(sold ? { PRICE: float("ti_price"), QUANTITY: long("ti_quantity") } : {}),
      COUNTRY: categorical("geo_country"),
      DEVICE: categorical("dvce_type"),
    },
    ignored: SNOWPLOW_COLUMNS.filter((name) => !SNOWPLOW_USED.includes(name) && name !== item),
    notes: ["USER_ID is user_id of those who are signed in, otherwise their cookie.", "Times are UTC."],
    warnings: [
      `ITEM_ID is ${what} (${item}); events without it are left out and counted. Say otherwise if your events name items elsewhere.`,
    ],
  };
}

const SNOWPLOW_USED = [
  ...[
    "user_id",
    "domain_userid",
    "network_userid",
    "derived_tstamp",
    "collector_tstamp",
    "se_action",
    "event_name",
    "event",
  ],
  ...["se_value", "ti_price", "ti_quantity", "geo_country", "dvce_type"],
];

/** What pipelines of events write. */
export const WEB_ANALYTICS: readonly Layout[] = [
  vendor(
    "Google Analytics 4 events",
    { in: "columns", paths: ["event_timestamp", "event_name", "user_pseudo_id", "items.item_id"] },
    {
      type: INTERACTIONS,
      explode: { list: "items" },
      columns: {
        USER_ID: from("user_id", "user_pseudo_id"),
        ITEM_ID: from("element.item_id"),
        TIMESTAMP: { from: "event_timestamp", time: MICROSECONDS },
        EVENT_TYPE: from("event_name"),
        PRICE: float("element.price"),
        QUANTITY: long("element.quantity"),
      },
      notes: [
        "A row for each item of an event; events without items are left out.",
        "USER_ID is user_id of those who are signed in, otherwise user_pseudo_id.",
      ],
    },
  ),
  vendor(
    "Google Analytics 4 items",
    { in: "columns", paths: ["event_timestamp", "event_name", "user_pseudo_id", "items.item_id"] },
    {
      type: ITEMS,
      explode: { list: "items" },
      columns: {
        ITEM_ID: from("element.item_id"),
        NAME: text("element.item_name"),
        BRAND: categorical("element.item_brand"),
        CATEGORY: categorical("element.item_category"),
        PRICE: float("element.price"),
      },
      notes: ["Of an item in several events the last one counts."],
    },
  ),
  vendor(
    "Segment track calls",
    {
      in: "columns",
      paths: ["type", "event", "properties", "timestamp", "messageId"],
      values: { type: /^(track|page|screen|identify|group|alias)$/ },
    },
    segment,
  ),
  vendor(
    "Snowplow enriched events",
    // 131 columns of which the fourth is a time, the sixth a kind of event and the seventh a UUID.
    {
      in: "cells",
      delimiter: "\t",
      cells: SNOWPLOW_COLUMNS.map((name) =>
        name === "collector_tstamp"
          ? /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d/
          : name === "event_id"
            ? /^[0-9a-f-]{36}$/
            : /^/,
      ),
    },
    snowplow,
  ),
];
