import type { Layout, Plan, RefusedLayout } from "../layout.js";
import {
  boolean,
  categorical,
  dataSet,
  float,
  from,
  INTERACTIONS,
  ITEMS,
  long,
  MILLISECONDS,
  SECONDS,
  STARS,
  text,
  textual,
} from "./parts.js";

const REVIEWER = /^A[0-9A-Z]{9,20}$/;
const ASIN = /^[0-9A-Z]{10}$/;

const ratings = (names: string[]): Plan => ({
  type: INTERACTIONS,
  csv: { delimiter: ",", header: false, names },
  columns: {
    USER_ID: from("user_id"),
    ITEM_ID: from("asin"),
    TIMESTAMP: from("timestamp"),
    EVENT_VALUE: from("rating"),
  },
});

const REVIEW_COLUMNS: Plan["columns"] = {
  USER_ID: from("reviewerID"),
  ITEM_ID: from("asin"),
  TIMESTAMP: from("unixReviewTime"),
  EVENT_VALUE: from("overall"),
};

/** A price such as "$1,299.00"; of a range and of anything else there is none. */
const PRICE = "TRY_CAST(replace(replace(price, '$', ''), ',', '') AS DOUBLE)";

/** Amazon's reviews in the versions of 2014, 2018 and 2023. */
export const AMAZON_REVIEWS: readonly Layout[] = [
  dataSet(
    "Amazon Reviews 2014 ratings",
    { in: "cells", delimiter: ",", cells: [REVIEWER, ASIN, STARS, SECONDS] },
    ratings(["user_id", "asin", "rating", "timestamp"]),
  ),
  dataSet(
    "Amazon Reviews 2018 ratings",
    { in: "cells", delimiter: ",", cells: [ASIN, REVIEWER, STARS, SECONDS] },
    ratings(["asin", "user_id", "rating", "timestamp"]),
  ),
  dataSet(
    "Amazon Reviews 2014 reviews",
    { in: "columns", paths: ["reviewerID", "asin", "overall", "unixReviewTime"], without: ["verified"] },
    {
      type: INTERACTIONS,
      columns: REVIEW_COLUMNS,
      ignored: ["reviewerName", "helpful", "reviewText", "summary", "reviewTime"],
    },
  ),
  dataSet(
    "Amazon Reviews 2018 reviews",
    { in: "columns", paths: ["reviewerID", "asin", "overall", "unixReviewTime", "verified"] },
    {
      type: INTERACTIONS,
      columns: { ...REVIEW_COLUMNS, VERIFIED: boolean("verified") },
      ignored: ["reviewerName", "reviewText", "summary", "reviewTime", "vote", "style", "image"],
    },
  ),
  dataSet(
    "Amazon Reviews 2018 products",
    { in: "columns", paths: ["asin", "title", "category", "rank"], without: ["reviewerID"] },
    {
      type: ITEMS,
      columns: {
        ITEM_ID: from("asin"),
        TITLE: textual("title"),
        BRAND: categorical("brand"),
        CATEGORIES: categorical("category"),
        DESCRIPTION: textual("description"),
        PRICE: { expression: PRICE, kind: "float" },
      },
      ignored: [
        ...[
          "price",
          "rank",
          "feature",
          "also_buy",
          "also_view",
          "similar_item",
          "date",
          "main_cat",
          "tech1",
          "tech2",
          "fit",
        ],
        ...["image", "imageURL", "imageURLHighRes", "details"],
      ],
    },
  ),
  dataSet(
    "Amazon Reviews 2014 products, converted to JSON",
    { in: "columns", paths: ["asin", "categories", "imUrl"] },
    {
      type: ITEMS,
      columns: {
        ITEM_ID: from("asin"),
        TITLE: textual("title"),
        BRAND: categorical("brand"),
        CATEGORIES: {
          expression: "array_to_string(json_extract_string(categories, '$[*][*]'), '|')",
          kind: "categorical",
        },
        DESCRIPTION: textual("description"),
        PRICE: float("price"),
      },
      ignored: ["categories", "imUrl", "related", "salesRank"],
    },
  ),
  dataSet(
    "Amazon Reviews 2023 reviews",
    { in: "columns", paths: ["user_id", "parent_asin", "rating", "timestamp", "verified_purchase"] },
    {
      type: INTERACTIONS,
      columns: {
        USER_ID: from("user_id"),
        ITEM_ID: from("parent_asin"),
        TIMESTAMP: { from: "timestamp", time: MILLISECONDS },
        EVENT_VALUE: from("rating"),
        VERIFIED_PURCHASE: boolean("verified_purchase"),
        HELPFUL_VOTE: long("helpful_vote"),
      },
      ignored: ["title", "text", "images", "asin"],
      notes: ["ITEM_ID is parent_asin, which the products have too; asin names a colour or size of it."],
    },
  ),
  dataSet(
    "Amazon Reviews 2023 products",
    { in: "columns", paths: ["parent_asin", "main_category", "average_rating", "rating_number"] },
    {
      type: ITEMS,
      columns: {
        ITEM_ID: from("parent_asin"),
        TITLE: textual("title"),
        MAIN_CATEGORY: categorical("main_category"),
        CATEGORIES: categorical("categories"),
        STORE: categorical("store"),
        DESCRIPTION: textual("description"),
        PRICE: { expression: PRICE, kind: "float" },
        AVERAGE_RATING: float("average_rating"),
        RATING_NUMBER: long("rating_number"),
      },
      ignored: ["price", "features", "images", "videos", "details", "bought_together", "subtitle", "author"],
    },
  ),
  dataSet(
    "Amazon Reviews 2023 benchmark",
    { in: "header", delimiter: ",", names: ["user_id", "parent_asin", "rating", "timestamp"], more: ["history"] },
    {
      type: INTERACTIONS,
      columns: {
        USER_ID: text("user_id"),
        ITEM_ID: from("parent_asin"),
        TIMESTAMP: { from: "timestamp", time: MILLISECONDS },
        EVENT_VALUE: from("rating"),
      },
      ignored: ["history"],
    },
  ),
];

/** What of it is no JSON. */
export const REFUSED_AMAZON_REVIEWS: readonly RefusedLayout[] = [
  {
    name: "Amazon Reviews 2014 products",
    origin: "data set",
    looks: [{ in: "lines", lines: [/^\{u?'asin': /, /^\{u?'\w+': /] }],
    refusal: "whose lines are Python dictionaries, not JSON",
  },
];
