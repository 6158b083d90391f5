import type { Layout, Plan } from "../layout.js";
import {
  ANY,
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
  NO_TIMES,
  SHA1,
  text,
  USERS,
  WHOLE,
} from "./parts.js";

const LASTFM_1K_NAMES = ["userid", "timestamp", "artid", "artname", "traid", "traname"];

const YAMBDA_COLUMNS: Plan["columns"] = {
  USER_ID: from("uid"),
  ITEM_ID: from("item_id"),
  TIMESTAMP: from("timestamp"),
};

const YAMBDA_TIMES =
  "The data set's times are relative to a start that is not published, in steps of 5 seconds: they import as times of 1970.";

/** Yambda's columns beside user, item and time, which not all of its files have. */
const YAMBDA_MORE: Readonly<Record<string, Plan["columns"]>> = {
  event_type: { EVENT_TYPE: from("event_type") },
  is_organic: { IS_ORGANIC: long("is_organic") },
  played_ratio_pct: { PLAYED_RATIO_PCT: float("played_ratio_pct") },
  track_length_seconds: { TRACK_LENGTH_SECONDS: long("track_length_seconds") },
};

function yambda(columns: readonly string[], sequential: boolean): Plan {
  const more = Object.keys(YAMBDA_MORE).filter((name) => columns.includes(name));
  const plan: Plan = {
    type: INTERACTIONS,
    columns: Object.assign({ ...YAMBDA_COLUMNS }, ...more.map((name) => YAMBDA_MORE[name])) as Plan["columns"],
    warnings: [YAMBDA_TIMES],
  };
  if (!sequential) return plan;
  return {
    ...plan,
    columns: { ...plan.columns, ITEM_ID: from("element") },
    explode: { list: "item_id", parallel: ["timestamp", ...more] },
  };
}

/** Data sets of who listened to what. */
export const MUSIC: readonly Layout[] = [
  dataSet(
    "last.fm 1K listening events",
    { in: "cells", delimiter: "\t", cells: [/^user_\d{6}$/, ISO_UTC, ANY, ANY, ANY, ANY] },
    {
      type: INTERACTIONS,
      csv: { delimiter: "\t", header: false, names: LASTFM_1K_NAMES, quote: "" },
      columns: {
        USER_ID: from("userid"),
        ITEM_ID: { expression: "coalesce(traid, left(artname || ' - ' || traname, 256))" },
        TIMESTAMP: { from: "timestamp", time: ISO },
        EVENT_TYPE: constant("listen"),
        ARTIST: text("artname"),
        TRACK: text("traname"),
      },
      ignored: ["artid"],
      notes: ["ITEM_ID is the track's MusicBrainz id; where there is none, the names of artist and track."],
    },
  ),
  dataSet(
    "last.fm 1K users",
    { in: "header", delimiter: "\t", names: ["#id", "gender", "age", "country", "registered"] },
    {
      type: USERS,
      csv: { delimiter: "\t", quote: "" },
      columns: {
        USER_ID: from("#id"),
        GENDER: categorical("gender"),
        AGE: long("age"),
        COUNTRY: categorical("country"),
        REGISTERED: text("registered"),
      },
    },
  ),
  dataSet(
    "last.fm 360K plays",
    { in: "cells", delimiter: "\t", cells: [SHA1, /^([0-9a-f-]{36})?$/, ANY, WHOLE] },
    {
      type: INTERACTIONS,
      csv: { delimiter: "\t", header: false, names: ["usersha1", "artmbid", "artname", "plays"], quote: "" },
      columns: {
        USER_ID: from("usersha1"),
        ITEM_ID: { expression: "coalesce(artmbid, left(artname, 256))" },
        TIMESTAMP: constant("1230768000"),
        EVENT_TYPE: constant("listen"),
        EVENT_VALUE: from("plays"),
        ARTIST: text("artname"),
      },
      notes: [
        "ITEM_ID is the artist's MusicBrainz id, or the name where there is none; EVENT_VALUE is the number of plays.",
      ],
      warnings: [NO_TIMES],
    },
  ),
  dataSet(
    "last.fm 360K users",
    { in: "cells", delimiter: "\t", cells: [SHA1, /^[mf]?$/, /^-?\d*$/, ANY, /^(\w{3} \d\d?, \d{4})?$/] },
    {
      type: USERS,
      csv: { delimiter: "\t", header: false, names: ["usersha1", "gender", "age", "country", "signup"], quote: "" },
      columns: {
        USER_ID: from("usersha1"),
        GENDER: categorical("gender"),
        AGE: long("age"),
        COUNTRY: categorical("country"),
        SIGNUP: text("signup"),
      },
    },
  ),
  dataSet(
    "HetRec last.fm 2K plays",
    { in: "header", delimiter: "\t", names: ["userID", "artistID", "weight"] },
    {
      type: INTERACTIONS,
      columns: {
        USER_ID: from("userID"),
        ITEM_ID: from("artistID"),
        TIMESTAMP: constant("1304208000"),
        EVENT_TYPE: constant("listen"),
        EVENT_VALUE: from("weight"),
      },
      warnings: [NO_TIMES],
    },
  ),
  dataSet(
    "HetRec last.fm 2K artists",
    { in: "header", delimiter: "\t", names: ["id", "name", "url", "pictureURL"] },
    {
      type: ITEMS,
      csv: { quote: "" },
      columns: { ITEM_ID: from("id"), NAME: text("name") },
      ignored: ["url", "pictureURL"],
    },
  ),
  dataSet(
    "Yambda flat events",
    {
      in: "columns",
      paths: ["uid", "item_id", "timestamp", "is_organic"],
      values: { item_id: WHOLE, timestamp: WHOLE },
    },
    (sample) => yambda(sample.columns, false),
  ),
  dataSet(
    "Yambda sequential events",
    // Lists: more than one number, or brackets, as text.
    { in: "columns", paths: ["uid", "item_id", "timestamp", "is_organic"], values: { item_id: /^\[?\d+([,\]]|$)/ } },
    (sample) => yambda(sample.columns, true),
  ),
];
