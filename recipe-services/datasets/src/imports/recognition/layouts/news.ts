import type { Layout } from "../layout.js";
import { ANY, categorical, constant, dataSet, from, INTERACTIONS, ITEMS, textual, WHOLE } from "./parts.js";

const US_TIME = /^\d{1,2}\/\d{1,2}\/\d{4} \d{1,2}:\d\d:\d\d [AP]M$/;
const NEWS_ID = /^N\d+$/;

/** The impressions "N1-1 N2-0" as the ids that were clicked, and as all of them. */
const CLICKS = [
  "SELECT user_id, time, array_to_string(list_transform(shown, lambda x: split_part(x, '-', 1)), '|') AS impression,",
  "array_to_string(list_transform(list_filter(shown, lambda x: x LIKE '%-1'), lambda x: split_part(x, '-', 1)), ' ') AS clicked",
  "FROM (SELECT *, string_split(impressions, ' ') AS shown FROM file) ORDER BY row_number",
].join(" ");

/** Microsoft's news. */
export const NEWS: readonly Layout[] = [
  dataSet(
    "MIND behaviours",
    {
      in: "cells",
      delimiter: "\t",
      cells: [WHOLE, /^U\d+$/, US_TIME, /^(N\d+( N\d+)*)?$/, /^N\d+-[01]( N\d+-[01])*$/],
    },
    {
      type: INTERACTIONS,
      csv: {
        delimiter: "\t",
        header: false,
        names: ["impression_id", "user_id", "time", "history", "impressions"],
        quote: "",
      },
      sql: CLICKS,
      explode: { list: "clicked", separator: " " },
      columns: {
        USER_ID: from("user_id"),
        ITEM_ID: from("element"),
        TIMESTAMP: { from: "time", time: { formats: ["%m/%d/%Y %I:%M:%S %p"] } },
        EVENT_TYPE: constant("click"),
        IMPRESSION: from("impression"),
      },
      notes: [
        "A row for each click; IMPRESSION holds all that was shown with it. The history before, which has no times, is left out.",
        "The data set does not say its time zone; UTC was taken.",
      ],
    },
  ),
  dataSet(
    "MIND news",
    { in: "cells", delimiter: "\t", cells: [NEWS_ID, /^[\w-]+$/, /^[\w-]+$/, ANY, ANY, /^(https?:.*)?$/, ANY, ANY] },
    {
      type: ITEMS,
      csv: {
        delimiter: "\t",
        header: false,
        names: [
          "news_id",
          "category",
          "subcategory",
          "title",
          "abstract",
          "url",
          "title_entities",
          "abstract_entities",
        ],
        quote: "",
      },
      columns: {
        ITEM_ID: from("news_id"),
        CATEGORY: categorical("category"),
        SUBCATEGORY: categorical("subcategory"),
        TITLE: textual("title"),
        ABSTRACT: textual("abstract"),
      },
      ignored: ["url", "title_entities", "abstract_entities"],
    },
  ),
];
