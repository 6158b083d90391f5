import type { Layout, Plan } from "../layout.js";
import {
  categorical,
  constant,
  dataSet,
  float,
  from,
  INTERACTIONS,
  ITEMS,
  long,
  SECONDS,
  text,
  textual,
  USERS,
  WHOLE,
} from "./parts.js";

const RATING_NAMES = ["user_id", "movie_id", "rating", "timestamp"];

const ratings = (delimiter: string): Plan => ({
  type: INTERACTIONS,
  csv: { delimiter, header: false, names: RATING_NAMES, quote: "" },
  columns: {
    USER_ID: from("user_id"),
    ITEM_ID: from("movie_id"),
    TIMESTAMP: from("timestamp"),
    EVENT_VALUE: from("rating"),
  },
});

const USER_COLUMNS: Plan["columns"] = {
  USER_ID: from("user_id"),
  AGE: long("age"),
  GENDER: categorical("gender"),
  OCCUPATION: categorical("occupation"),
  ZIP_CODE: text("zip_code"),
};

const MOVIE_COLUMNS: Plan["columns"] = { TITLE: textual("title"), GENRES: categorical("genres") };

const GENRES = [
  ...[
    "unknown",
    "Action",
    "Adventure",
    "Animation",
    "Children's",
    "Comedy",
    "Crime",
    "Documentary",
    "Drama",
    "Fantasy",
  ],
  ...["Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western"],
];

const genreIfSet = (genre: string) => `CASE WHEN "${genre}" = '1' THEN '${genre.replaceAll("'", "''")}' END`;

/** MovieLens, whose files are of three kinds: those of 100K, those of 1M and 10M, and those since 20M. */
export const MOVIELENS: readonly Layout[] = [
  dataSet(
    "MovieLens 100K ratings",
    { in: "cells", delimiter: "\t", cells: [WHOLE, WHOLE, /^[1-5]$/, /^8[789]\d{7}$/] },
    ratings("\t"),
  ),
  dataSet(
    "MovieLens 100K users",
    { in: "cells", delimiter: "|", cells: [WHOLE, WHOLE, /^[MF]$/, /^[a-z]+$/, /^[0-9A-Z]{5}$/] },
    {
      type: USERS,
      csv: { delimiter: "|", header: false, names: ["user_id", "age", "gender", "occupation", "zip_code"], quote: "" },
      columns: USER_COLUMNS,
    },
  ),
  dataSet(
    "MovieLens 100K movies",
    {
      in: "cells",
      delimiter: "|",
      cells: [WHOLE, /./, /^(\d\d-\w{3}-\d{4})?$/, /^/, /^/, ...GENRES.map(() => /^[01]$/)],
    },
    {
      type: ITEMS,
      csv: {
        delimiter: "|",
        header: false,
        names: ["movie_id", "title", "release_date", "video_release_date", "imdb_url", ...GENRES],
        quote: "",
        encoding: "windows-1252",
      },
      columns: {
        ITEM_ID: from("movie_id"),
        CREATION_TIMESTAMP: { from: "release_date", time: { formats: ["%d-%b-%Y"] } },
        TITLE: textual("title"),
        GENRES: { expression: `nullif(concat_ws('|', ${GENRES.map(genreIfSet).join(", ")}), '')`, kind: "categorical" },
      },
      ignored: ["video_release_date", "imdb_url", ...GENRES],
    },
  ),
  dataSet(
    "MovieLens 1M ratings",
    { in: "cells", delimiter: "::", cells: [WHOLE, WHOLE, /^[1-5]$/, /^(9[5-9]|10[0-4]\d)\d{7}$/] },
    ratings("::"),
  ),
  dataSet(
    "MovieLens 10M ratings",
    { in: "cells", delimiter: "::", cells: [WHOLE, WHOLE, /^[0-5](\.5|\.0)?$/, SECONDS] },
    ratings("::"),
  ),
  dataSet(
    "MovieLens 10M tags",
    { in: "cells", delimiter: "::", cells: [WHOLE, WHOLE, /./, SECONDS] },
    {
      type: INTERACTIONS,
      csv: { delimiter: "::", header: false, names: ["user_id", "movie_id", "tag", "timestamp"], quote: "" },
      columns: {
        USER_ID: from("user_id"),
        ITEM_ID: from("movie_id"),
        TIMESTAMP: from("timestamp"),
        EVENT_TYPE: constant("tag"),
        TAG: categorical("tag"),
      },
    },
  ),
  dataSet(
    "MovieLens 1M users",
    { in: "cells", delimiter: "::", cells: [WHOLE, /^[MF]$/, WHOLE, WHOLE, /^[\d-]+$/] },
    {
      type: USERS,
      csv: { delimiter: "::", header: false, names: ["user_id", "gender", "age", "occupation", "zip_code"], quote: "" },
      columns: USER_COLUMNS,
      notes: ["AGE is the first year of a range of ages, and OCCUPATION a number; the data set's README says which."],
    },
  ),
  dataSet(
    "MovieLens 1M and 10M movies",
    { in: "cells", delimiter: "::", cells: [WHOLE, /\(\d{4}\)\s*$/, /^[A-Z(]/] },
    {
      type: ITEMS,
      csv: {
        delimiter: "::",
        header: false,
        names: ["movie_id", "title", "genres"],
        quote: "",
        encoding: "windows-1252",
      },
      columns: { ITEM_ID: from("movie_id"), ...MOVIE_COLUMNS },
      nullValues: ["(no genres listed)"],
    },
  ),
  dataSet(
    "MovieLens ratings since 20M",
    { in: "header", delimiter: ",", names: ["userId", "movieId", "rating", "timestamp"] },
    {
      type: INTERACTIONS,
      columns: {
        USER_ID: from("userId"),
        ITEM_ID: from("movieId"),
        TIMESTAMP: from("timestamp"),
        EVENT_VALUE: float("rating"),
      },
    },
  ),
  dataSet(
    "MovieLens movies since 20M",
    { in: "header", delimiter: ",", names: ["movieId", "title", "genres"] },
    { type: ITEMS, columns: { ITEM_ID: from("movieId"), ...MOVIE_COLUMNS }, nullValues: ["(no genres listed)"] },
  ),
  dataSet(
    "MovieLens tags since 20M",
    { in: "header", delimiter: ",", names: ["userId", "movieId", "tag", "timestamp"] },
    {
      type: INTERACTIONS,
      columns: {
        USER_ID: from("userId"),
        ITEM_ID: from("movieId"),
        TIMESTAMP: from("timestamp"),
        EVENT_TYPE: constant("tag"),
        TAG: categorical("tag"),
      },
    },
  ),
];
