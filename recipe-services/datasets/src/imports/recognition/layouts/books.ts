import type { ContentSample } from "../sampling/content-sample.js";
import type { Layout, PlannedDialect } from "../layout.js";
import {
  categorical,
  constant,
  dataSet,
  from,
  INTERACTIONS,
  ITEMS,
  long,
  NO_TIMES,
  text,
  textual,
  USERS,
} from "./parts.js";

const BOOK_NAMES = ["ISBN", "Book-Title", "Book-Author", "Year-Of-Publication", "Publisher"];

/** Both separators in which the data set is passed on. */
const headers = (names: readonly string[], more: readonly string[] = []) =>
  [";", ","].map((delimiter) => ({ in: "header" as const, delimiter, names, more }));

/** The published files escape quotes by a backslash, those with commas double them. */
const csvOf = ({ table }: ContentSample): PlannedDialect => ({
  quote: '"',
  escape: table?.delimiter === ";" ? "\\" : '"',
  encoding: "windows-1252",
});

/** Book-Crossing. */
export const BOOKS: readonly Layout[] = [
  dataSet("Book-Crossing ratings", headers(["User-ID", "ISBN", "Book-Rating"]), (sample) => ({
    type: INTERACTIONS,
    csv: csvOf(sample),
    columns: {
      USER_ID: from("User-ID"),
      ITEM_ID: from("ISBN"),
      TIMESTAMP: constant("1093996800"),
      EVENT_VALUE: from("Book-Rating"),
    },
    notes: ["A rating of 0 means that the book was read, not that it was disliked."],
    warnings: [NO_TIMES],
  })),
  dataSet("Book-Crossing users", headers(["User-ID", "Location", "Age"]), (sample) => ({
    type: USERS,
    csv: csvOf(sample),
    columns: {
      USER_ID: from("User-ID"),
      LOCATION: text("Location"),
      AGE: { ...long("Age"), nullValues: ["NULL"] },
    },
  })),
  dataSet("Book-Crossing books", headers(BOOK_NAMES, ["Image-URL-S", "Image-URL-M", "Image-URL-L"]), (sample) => ({
    type: ITEMS,
    csv: csvOf(sample),
    columns: {
      ITEM_ID: from("ISBN"),
      TITLE: textual("Book-Title"),
      AUTHOR: categorical("Book-Author"),
      YEAR_OF_PUBLICATION: long("Year-Of-Publication"),
      PUBLISHER: categorical("Publisher"),
    },
    ignored: ["Image-URL-S", "Image-URL-M", "Image-URL-L"],
  })),
];
