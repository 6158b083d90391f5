import type { Layout, Plan } from "../layout.js";
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
  text,
  USERS,
  WHOLE,
} from "./parts.js";

const NUMBER = /^-?\d+(\.\d+)?([eE]-?\d+)?$/;
const TWITTER_TIME = "%a %b %d %H:%M:%S %z %Y";

const checkIns: Plan = {
  type: INTERACTIONS,
  csv: { delimiter: "\t", header: false, names: ["user", "time", "latitude", "longitude", "location"], quote: "" },
  columns: {
    USER_ID: from("user"),
    ITEM_ID: from("location"),
    TIMESTAMP: { from: "time", time: ISO },
    EVENT_TYPE: constant("check-in"),
    LATITUDE: float("latitude"),
    LONGITUDE: float("longitude"),
  },
};

const FOURSQUARE_NAMES = [
  ...["userId", "venueId", "venueCategoryId", "venueCategory", "latitude", "longitude", "timezoneOffset"],
  "utcTimestamp",
];

const foursquare: Plan = {
  type: INTERACTIONS,
  columns: {
    USER_ID: from("userId"),
    ITEM_ID: from("venueId"),
    TIMESTAMP: { from: "utcTimestamp", time: { formats: [TWITTER_TIME] } },
    EVENT_TYPE: constant("check-in"),
    VENUE_CATEGORY: categorical("venueCategory"),
    LATITUDE: float("latitude"),
    LONGITUDE: float("longitude"),
  },
  ignored: ["venueCategoryId", "timezoneOffset"],
};

/** Data sets of who was where, and of what they thought of it. */
export const PLACES: readonly Layout[] = [
  dataSet(
    "Gowalla check-ins",
    { in: "cells", delimiter: "\t", cells: [WHOLE, ISO_UTC, NUMBER, NUMBER, WHOLE] },
    checkIns,
  ),
  dataSet(
    "Brightkite check-ins",
    { in: "cells", delimiter: "\t", cells: [WHOLE, ISO_UTC, NUMBER, NUMBER, /^[0-9a-f]{32,40}$/] },
    checkIns,
  ),
  dataSet("Foursquare TSMC2014 check-ins", { in: "header", delimiter: ",", names: FOURSQUARE_NAMES }, foursquare),
  dataSet(
    "Foursquare TSMC2014 check-ins, as text",
    {
      in: "cells",
      delimiter: "\t",
      cells: [
        WHOLE,
        /^[0-9a-f]{24}$/,
        /^[0-9a-f]{24}$/,
        /./,
        NUMBER,
        NUMBER,
        NUMBER,
        /^\w{3} \w{3} \d\d [\d:]{8} \+0000 \d{4}$/,
      ],
    },
    {
      ...foursquare,
      csv: { delimiter: "\t", header: false, names: FOURSQUARE_NAMES, quote: "", encoding: "windows-1252" },
    },
  ),
  dataSet(
    "Yelp reviews",
    { in: "columns", paths: ["review_id", "user_id", "business_id", "stars", "date"] },
    {
      type: INTERACTIONS,
      columns: {
        USER_ID: from("user_id"),
        ITEM_ID: from("business_id"),
        TIMESTAMP: { from: "date", time: ISO },
        EVENT_VALUE: from("stars"),
      },
      ignored: ["review_id", "useful", "funny", "cool", "text"],
    },
  ),
  dataSet(
    "Yelp businesses",
    { in: "columns", paths: ["business_id", "name", "city", "stars", "review_count", "is_open"] },
    {
      type: ITEMS,
      columns: {
        ITEM_ID: from("business_id"),
        NAME: text("name"),
        CATEGORIES: { ...categorical("categories"), separator: ", " },
        CITY: categorical("city"),
        STATE: categorical("state"),
        POSTAL_CODE: text("postal_code"),
        LATITUDE: float("latitude"),
        LONGITUDE: float("longitude"),
        STARS: float("stars"),
        REVIEW_COUNT: long("review_count"),
        IS_OPEN: long("is_open"),
      },
      ignored: ["address", "attributes", "hours"],
    },
  ),
  dataSet(
    "Yelp users",
    { in: "columns", paths: ["user_id", "yelping_since", "review_count", "average_stars"] },
    (sample) => ({
      type: USERS,
      columns: {
        USER_ID: from("user_id"),
        REVIEW_COUNT: long("review_count"),
        AVERAGE_STARS: float("average_stars"),
        FANS: long("fans"),
      },
      ignored: sample.columns.filter((name) => !["user_id", "review_count", "average_stars", "fans"].includes(name)),
    }),
  ),
];
