import type { Layout, RefusedLayout } from "../layout.js";
import {
  boolean,
  constant,
  dataSet,
  float,
  from,
  FRACTIONAL_SECONDS,
  INTERACTIONS,
  ISO,
  ITEMS,
  long,
  textual,
} from "./parts.js";

/** A separator that no such line holds, so that a line is one value. */
const WHOLE_LINES = { delimiter: "\t", header: false, names: ["line"], quote: "" };

const NETFLIX_RATINGS = [
  "SELECT movie_id, split_part(line, ',', 1) AS user_id, split_part(line, ',', 2) AS rating, split_part(line, ',', 3) AS date FROM",
  "(SELECT row_number, line, last_value(CASE WHEN line LIKE '%:' THEN rtrim(line, ':') END IGNORE NULLS)",
  "OVER (ORDER BY row_number) AS movie_id FROM file) WHERE line NOT LIKE '%:' ORDER BY row_number",
].join(" ");

const NETFLIX_TITLES =
  "SELECT split_part(line, ',', 1) AS movie_id, split_part(line, ',', 2) AS year, regexp_extract(line, '^[^,]*,[^,]*,(.*)$', 1) AS title FROM file";

/** Films, short videos and games. */
export const FILMS: readonly Layout[] = [
  dataSet(
    "Netflix Prize ratings",
    { in: "lines", lines: [/^\d+:$/, /^\d+,[1-5],\d{4}-\d\d-\d\d$/] },
    {
      type: INTERACTIONS,
      csv: WHOLE_LINES,
      sql: NETFLIX_RATINGS,
      columns: {
        USER_ID: from("user_id"),
        ITEM_ID: from("movie_id"),
        TIMESTAMP: { from: "date", time: { formats: ["%Y-%m-%d"] } },
        EVENT_VALUE: from("rating"),
      },
      notes: [`The film is named in a line above its ratings.`],
    },
  ),
  dataSet(
    "Netflix Prize films",
    { in: "lines", lines: [/^\d+,((18|19|20)\d\d|NULL),.*[A-Za-z]/] },
    {
      type: ITEMS,
      csv: { ...WHOLE_LINES, encoding: "windows-1252" },
      sql: NETFLIX_TITLES,
      columns: {
        ITEM_ID: from("movie_id"),
        YEAR: { ...long("year"), nullValues: ["NULL"] },
        TITLE: textual("title"),
      },
      notes: ["Titles hold commas that are not quoted: what is behind the second comma is the title."],
    },
  ),
  dataSet(
    "KuaiRec interactions",
    {
      in: "header",
      delimiter: ",",
      names: ["user_id", "video_id", "play_duration", "video_duration", "time", "date", "timestamp", "watch_ratio"],
    },
    {
      type: INTERACTIONS,
      rowFilter: "timestamp IS NOT NULL",
      columns: {
        USER_ID: from("user_id"),
        ITEM_ID: from("video_id"),
        TIMESTAMP: { from: "timestamp", time: FRACTIONAL_SECONDS },
        EVENT_TYPE: constant("watch"),
        EVENT_VALUE: from("watch_ratio"),
        PLAY_DURATION: long("play_duration"),
        VIDEO_DURATION: long("video_duration"),
      },
      ignored: ["time", "date"],
      notes: ["EVENT_VALUE is the watch ratio."],
      warnings: ["Rows without a time are left out and counted."],
    },
  ),
  dataSet(
    "Steam reviews, converted to JSON",
    { in: "columns", paths: ["username", "product_id", "page_order", "date"] },
    {
      type: INTERACTIONS,
      columns: {
        USER_ID: from("username"),
        ITEM_ID: from("product_id"),
        TIMESTAMP: { from: "date", time: ISO },
        EVENT_TYPE: constant("review"),
        HOURS: float("hours"),
        EARLY_ACCESS: boolean("early_access"),
      },
      ignored: ["products", "page_order", "text", "page", "user_id", "compensation", "found_funny"],
    },
  ),
];

/** What of it is no JSON. */
export const REFUSED_FILMS: readonly RefusedLayout[] = [
  {
    name: "Steam reviews",
    origin: "data set",
    looks: [{ in: "lines", lines: [/^\{u?'username': /, /^\{u?'\w+': /] }],
    refusal: "whose lines are Python dictionaries, not JSON",
  },
];
