import type { Layout, RefusedLayout } from "../layout.js";
import {
  categorical,
  constant,
  dataSet,
  float,
  from,
  INTERACTIONS,
  ISO,
  ISO_UTC,
  ITEMS,
  long,
  MILLISECONDS,
  text,
  textual,
  USERS,
  WHOLE,
} from "./parts.js";

/** 25 November to 3 December 2017 in China. */
const TAOBAO_TIMES = "TRY_CAST(timestamp AS BIGINT) BETWEEN 1511539200 AND 1512316799";

const DATES_TO_SECONDS =
  "epoch(TRY_CAST(eventdate AS DATE))::BIGINT + coalesce(TRY_CAST(timeframe AS BIGINT), 0) // 1000";

/** Logs of shops. */
export const SHOPS: readonly Layout[] = [
  dataSet(
    "Yoochoose clicks",
    { in: "cells", delimiter: ",", cells: [WHOLE, ISO_UTC, WHOLE, /^[0-9A-Z]+$/] },
    {
      type: INTERACTIONS,
      csv: { delimiter: ",", header: false, names: ["session_id", "timestamp", "item_id", "category"] },
      columns: {
        USER_ID: from("session_id"),
        ITEM_ID: from("item_id"),
        TIMESTAMP: { from: "timestamp", time: ISO },
        EVENT_TYPE: constant("click"),
        CATEGORY: categorical("category"),
      },
      notes: ["USER_ID is the session: the data set has no users."],
    },
  ),
  dataSet(
    "Yoochoose buys",
    { in: "cells", delimiter: ",", cells: [WHOLE, ISO_UTC, WHOLE, WHOLE, WHOLE] },
    {
      type: INTERACTIONS,
      csv: { delimiter: ",", header: false, names: ["session_id", "timestamp", "item_id", "price", "quantity"] },
      columns: {
        USER_ID: from("session_id"),
        ITEM_ID: from("item_id"),
        TIMESTAMP: { from: "timestamp", time: ISO },
        EVENT_TYPE: constant("purchase"),
        PRICE: float("price"),
        QUANTITY: long("quantity"),
      },
      notes: ["USER_ID is the session: the data set has no users."],
    },
  ),
  dataSet(
    "RetailRocket events",
    { in: "header", delimiter: ",", names: ["timestamp", "visitorid", "event", "itemid", "transactionid"] },
    {
      type: INTERACTIONS,
      columns: {
        USER_ID: from("visitorid"),
        ITEM_ID: from("itemid"),
        TIMESTAMP: { from: "timestamp", time: MILLISECONDS },
        EVENT_TYPE: from("event"),
      },
      ignored: ["transactionid"],
    },
  ),
  dataSet(
    "RetailRocket item properties",
    { in: "header", delimiter: ",", names: ["timestamp", "itemid", "property", "value"] },
    {
      type: ITEMS,
      sql: [
        "SELECT itemid, arg_max(value, timestamp::BIGINT) FILTER (property = 'categoryid') AS categoryid,",
        "arg_max(value, timestamp::BIGINT) FILTER (property = 'available') AS available",
        "FROM file GROUP BY itemid ORDER BY min(row_number)",
      ].join(" "),
      columns: { ITEM_ID: from("itemid"), CATEGORYID: categorical("categoryid"), AVAILABLE: categorical("available") },
      notes: [
        "The file has a row for each property and time; each item gets the latest category and availability. Other properties are hashed.",
      ],
      warnings: ["The data set has two such files: put them together into one before, since an item may be in both."],
    },
  ),
  dataSet(
    "OTTO sessions",
    { in: "columns", paths: ["session", "events", "events.aid", "events.ts", "events.type"] },
    {
      type: INTERACTIONS,
      explode: { list: "events" },
      columns: {
        USER_ID: from("session"),
        ITEM_ID: from("element.aid"),
        TIMESTAMP: { from: "element.ts", time: MILLISECONDS },
        EVENT_TYPE: from("element.type"),
      },
      notes: ["USER_ID is the session: the data set has no users."],
    },
  ),
  dataSet(
    "Taobao user behaviour",
    { in: "cells", delimiter: ",", cells: [WHOLE, WHOLE, WHOLE, /^(pv|cart|fav|buy)$/, /^-?\d+$/] },
    {
      type: INTERACTIONS,
      csv: { delimiter: ",", header: false, names: ["user_id", "item_id", "category_id", "behavior", "timestamp"] },
      rowFilter: TAOBAO_TIMES,
      columns: {
        USER_ID: from("user_id"),
        ITEM_ID: from("item_id"),
        TIMESTAMP: from("timestamp"),
        EVENT_TYPE: {
          from: "behavior",
          rules: [
            { equals: "pv", value: "view" },
            { equals: "fav", value: "favorite" },
          ],
        },
        CATEGORY_ID: categorical("category_id"),
      },
      warnings: [
        "The data set has times from 1902 to 2037; rows outside of 25 November to 3 December 2017 are left out and counted.",
      ],
    },
  ),
  dataSet(
    "Tmall (IJCAI-16) log",
    { in: "header", delimiter: ",", names: ["use_ID", "sel_ID", "ite_ID", "cat_ID", "act_ID", "time"] },
    {
      type: INTERACTIONS,
      columns: {
        USER_ID: from("use_ID"),
        ITEM_ID: from("ite_ID"),
        TIMESTAMP: { from: "time", time: { formats: ["%Y%m%d"] } },
        EVENT_TYPE: {
          from: "act_ID",
          rules: [
            { equals: "0", value: "click" },
            { equals: "1", value: "purchase" },
          ],
        },
        SELLER_ID: categorical("sel_ID"),
        CATEGORY_ID: categorical("cat_ID"),
      },
    },
  ),
  dataSet(
    "Tmall (IJCAI-15) log",
    {
      in: "header",
      delimiter: ",",
      names: ["user_id", "item_id", "cat_id", "seller_id", "brand_id", "time_stamp", "action_type"],
    },
    {
      type: INTERACTIONS,
      columns: {
        USER_ID: from("user_id"),
        ITEM_ID: from("item_id"),
        TIMESTAMP: { expression: "'2014' || lpad(time_stamp, 4, '0')", time: { formats: ["%Y%m%d"] } },
        EVENT_TYPE: {
          from: "action_type",
          rules: [
            { equals: "0", value: "click" },
            { equals: "1", value: "cart" },
            { equals: "2", value: "purchase" },
            { equals: "3", value: "favorite" },
          ],
        },
        CATEGORY_ID: categorical("cat_id"),
        SELLER_ID: categorical("seller_id"),
        BRAND_ID: categorical("brand_id"),
      },
      warnings: ["The data set's times are month and day without a year; 2014 was taken."],
    },
  ),
  ...["session_id;user_id;item_id", "sessionId;userId;itemId"].map((names) => diginetica(names.split(";"))),
  dataSet(
    "H&M transactions",
    { in: "header", delimiter: ",", names: ["t_dat", "customer_id", "article_id", "price", "sales_channel_id"] },
    {
      type: INTERACTIONS,
      columns: {
        USER_ID: from("customer_id"),
        ITEM_ID: from("article_id"),
        TIMESTAMP: { from: "t_dat", time: { formats: ["%Y-%m-%d"] } },
        EVENT_TYPE: constant("purchase"),
        PRICE: float("price"),
        SALES_CHANNEL_ID: categorical("sales_channel_id"),
      },
      notes: ["ITEM_ID keeps its leading zero."],
    },
  ),
  dataSet(
    "H&M articles",
    { in: "columns", paths: ["article_id", "product_code", "prod_name", "product_type_name", "detail_desc"] },
    (sample) => ({
      type: ITEMS,
      columns: {
        ITEM_ID: from("article_id"),
        PROD_NAME: text("prod_name"),
        ...Object.fromEntries(
          HM_CATEGORIES.filter((name) => sample.columns.includes(name)).map((name) => [
            name.toUpperCase(),
            categorical(name),
          ]),
        ),
        DETAIL_DESC: textual("detail_desc"),
      },
      ignored: sample.columns.filter((name) => /_(no|code|id)$/.test(name) && name !== "article_id"),
    }),
  ),
  dataSet(
    "H&M customers",
    {
      in: "header",
      delimiter: ",",
      names: ["customer_id", "FN", "Active", "club_member_status", "fashion_news_frequency", "age", "postal_code"],
    },
    {
      type: USERS,
      columns: {
        USER_ID: from("customer_id"),
        CLUB_MEMBER_STATUS: categorical("club_member_status"),
        FASHION_NEWS_FREQUENCY: { ...categorical("fashion_news_frequency"), nullValues: ["NONE", "None"] },
        AGE: float("age"),
        POSTAL_CODE: text("postal_code"),
      },
      ignored: ["FN", "Active"],
    },
  ),
  dataSet(
    "Ta-Feng purchases",
    {
      in: "header",
      delimiter: ",",
      names: [
        ...[
          "TRANSACTION_DT",
          "CUSTOMER_ID",
          "AGE_GROUP",
          "PIN_CODE",
          "PRODUCT_SUBCLASS",
          "PRODUCT_ID",
          "AMOUNT",
          "ASSET",
        ],
        "SALES_PRICE",
      ],
    },
    {
      type: INTERACTIONS,
      columns: {
        USER_ID: from("CUSTOMER_ID"),
        ITEM_ID: from("PRODUCT_ID"),
        TIMESTAMP: { from: "TRANSACTION_DT", time: { formats: ["%m/%d/%Y"] } },
        EVENT_TYPE: constant("purchase"),
        AMOUNT: long("AMOUNT"),
        SALES_PRICE: float("SALES_PRICE"),
        PRODUCT_SUBCLASS: categorical("PRODUCT_SUBCLASS"),
      },
      ignored: ["AGE_GROUP", "PIN_CODE", "ASSET"],
    },
  ),
];

const HM_CATEGORIES = [
  ...["product_type_name", "product_group_name", "graphical_appearance_name", "colour_group_name", "department_name"],
  ...["index_name", "section_name", "garment_group_name"],
];

function diginetica([session, user, item]: string[]): Layout {
  return dataSet(
    "Diginetica views",
    { in: "header", delimiter: ";", names: [session!, user!, item!, "timeframe", "eventdate"] },
    {
      type: INTERACTIONS,
      columns: {
        USER_ID: from(session!),
        ITEM_ID: from(item!),
        TIMESTAMP: { expression: DATES_TO_SECONDS },
        EVENT_TYPE: constant("view"),
      },
      ignored: [user!],
      notes: [
        "USER_ID is the session, since most rows have no user; TIMESTAMP is the day and the milliseconds since the session began.",
      ],
    },
  );
}

/** What is no dataset. */
export const REFUSED_SHOPS: readonly RefusedLayout[] = [
  {
    name: "RetailRocket category tree",
    origin: "data set",
    looks: [{ in: "header", delimiter: ",", names: ["categoryid", "parentid"] }],
    refusal: "that says how categories lie within one another; no dataset holds that",
  },
];
