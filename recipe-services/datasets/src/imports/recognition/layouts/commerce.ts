import type { Layout } from "../layout.js";
import { categorical, constant, float, from, INTERACTIONS, ISO, ITEMS, long, text, textual, vendor } from "./parts.js";

/** Only the first row of an order has all of its columns. */
const SHOPIFY_ORDERS = [
  `SELECT coalesce("Email", max("Email") OVER "order") AS "Email", coalesce("Created at", max("Created at") OVER "order") AS "Created at",`,
  `"Lineitem sku", "Lineitem name", "Lineitem price", "Lineitem quantity" FROM file`,
  `WINDOW "order" AS (PARTITION BY "Name") ORDER BY row_number`,
].join(" ");

/** Only the first row of a product has all of its columns; further ones are its variants and pictures. */
const SHOPIFY_PRODUCTS = [
  `SELECT "Handle", "Title", "Body (HTML)", "Vendor", "Type", "Tags", "Variant Price" FROM file WHERE "Title" IS NOT NULL ORDER BY row_number`,
].join(" ");

/** What shops export. */
export const COMMERCE: readonly Layout[] = [
  vendor(
    "Shopify orders (CSV)",
    {
      in: "columns",
      paths: ["Name", "Email", "Created at", "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem sku"],
    },
    {
      type: INTERACTIONS,
      sql: SHOPIFY_ORDERS,
      rowFilter: `"Email" IS NOT NULL`,
      columns: {
        USER_ID: from("Email"),
        ITEM_ID: from("Lineitem sku", "Lineitem name"),
        TIMESTAMP: { from: "Created at", time: ISO },
        EVENT_TYPE: constant("purchase"),
        PRICE: float("Lineitem price"),
        QUANTITY: long("Lineitem quantity"),
      },
      notes: [
        "USER_ID is the e-mail address; a deletion of a user's data has to name it.",
        "ITEM_ID is the SKU; where there is none, the name.",
      ],
      warnings: ["Orders without an e-mail address are left out and counted."],
    },
  ),
  vendor(
    "Shopify orders (JSON)",
    { in: "columns", paths: ["id", "created_at", "line_items", "line_items.product_id", "customer"] },
    (sample) => ({
      type: INTERACTIONS,
      rowsPath: sample.rowsPath,
      explode: { list: "line_items" },
      rowFilter: "customer IS NOT NULL",
      columns: {
        USER_ID: from("customer.id"),
        ITEM_ID: from("element.product_id", "element.sku"),
        TIMESTAMP: { from: "created_at", time: ISO },
        EVENT_TYPE: constant("purchase"),
        PRICE: float("element.price"),
        QUANTITY: long("element.quantity"),
      },
      warnings: ["Orders without a customer are left out and counted."],
    }),
  ),
  vendor(
    "Shopify products (CSV)",
    { in: "columns", paths: ["Handle", "Title", "Body (HTML)", "Vendor", "Type", "Tags", "Variant Price"] },
    {
      type: ITEMS,
      sql: SHOPIFY_PRODUCTS,
      columns: {
        ITEM_ID: from("Handle"),
        TITLE: text("Title"),
        DESCRIPTION: textual("Body (HTML)"),
        VENDOR: categorical("Vendor"),
        TYPE: categorical("Type"),
        TAGS: { ...categorical("Tags"), separator: ", " },
        PRICE: float("Variant Price"),
      },
      warnings: [
        "ITEM_ID is the product's handle, while orders name SKUs: choose the same of both for the two datasets.",
      ],
    },
  ),
];
