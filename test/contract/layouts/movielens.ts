import { lines, rows, second, two, type LookAlike } from "./look-alike.js";

const OLD = 874_724_710;
const NEW = 978_300_019;
const FLAGS = 19;

const rating = (index: number) => (index % 5) + 1;

const ratingRows = (from: number, value: (index: number) => number) =>
  rows((i) => ({
    USER_ID: String(i + 196),
    ITEM_ID: String(1193 + i),
    TIMESTAMP: second(i, from),
    EVENT_VALUE: value(i),
  }));

/** Files in the forms of MovieLens. */
export const MOVIELENS: readonly LookAlike[] = [
  {
    layout: "MovieLens 100K ratings",
    file: "1.data",
    content: lines((i) => `${i + 196}\t${1193 + i}\t${rating(i)}\t${second(i, OLD)}`),
    rows: ratingRows(OLD, rating),
  },
  {
    layout: "MovieLens 100K users",
    file: "2.user",
    content: lines((i) => `${i + 1}|${20 + i}|${i % 2 ? "F" : "M"}|${i % 3 ? "writer" : "other"}|0213${i % 10}`),
    rows: rows((i) => ({
      USER_ID: String(i + 1),
      AGE: 20 + i,
      GENDER: i % 2 ? "F" : "M",
      OCCUPATION: i % 3 ? "writer" : "other",
      ZIP_CODE: `0213${i % 10}`,
    })),
  },
  {
    layout: "MovieLens 100K movies",
    file: "3.item",
    // Latin-1, as published.
    content: Buffer.from(
      lines((i) => {
        const flags = Array.from({ length: FLAGS }, (_, flag) => (flag === 4 || flag === 15 ? 1 : 0)).join("|");
        return `${i + 1}|Café Señor ${i} (1995)|${two(i + 1)}-Jan-1995||http://films.example/${i}|${flags}`;
      }),
      "latin1",
    ),
    rows: rows((i) => ({
      ITEM_ID: String(i + 1),
      CREATION_TIMESTAMP: Date.UTC(1995, 0, i + 1) / 1000,
      TITLE: `Café Señor ${i} (1995)`,
      GENRES: "Children's|Sci-Fi",
    })),
  },
  {
    layout: "MovieLens 1M ratings",
    file: "4.dat",
    content: lines((i) => `${i + 196}::${1193 + i}::${rating(i)}::${second(i, NEW)}`),
    rows: ratingRows(NEW, rating),
  },
  {
    layout: "MovieLens 10M ratings",
    file: "5.dat",
    content: lines((i) => `${i + 196}::${1193 + i}::${i % 2 ? "3.5" : "5"}::${second(i, OLD)}`),
    rows: ratingRows(OLD, (i) => (i % 2 ? 3.5 : 5)),
  },
  {
    layout: "MovieLens 1M users",
    file: "6.dat",
    content: lines((i) => `${i + 1}::${i % 2 ? "F" : "M"}::25::${i}::0213${i % 10}`),
    rows: rows((i) => ({
      USER_ID: String(i + 1),
      AGE: 25,
      GENDER: i % 2 ? "F" : "M",
      OCCUPATION: String(i),
      ZIP_CODE: `0213${i % 10}`,
    })),
  },
  {
    layout: "MovieLens 1M and 10M movies",
    file: "7.dat",
    content: Buffer.from(
      lines((i) => `${i + 1}::"Ballad, of Zoë" ${i} (1995)::Drama|Children's`),
      "latin1",
    ),
    rows: rows((i) => ({ ITEM_ID: String(i + 1), TITLE: `"Ballad, of Zoë" ${i} (1995)`, GENRES: "Drama|Children's" })),
  },
  {
    layout: "MovieLens ratings since 20M",
    file: "8.csv",
    content: lines(
      (i) => `${i + 196},${1193 + i},${i % 2 ? "3.5" : "5.0"},${second(i)}`,
      "userId,movieId,rating,timestamp",
    ),
    rows: ratingRows(second(0) - 59, (i) => (i % 2 ? 3.5 : 5)),
  },
  {
    layout: "MovieLens movies since 20M",
    file: "9.csv",
    content: lines(
      (i) => `${i + 1},"Heat, The ${i} (1995)",${i % 2 ? "Drama|Crime" : "(no genres listed)"}`,
      "movieId,title,genres",
    ),
    rows: rows((i) => ({
      ITEM_ID: String(i + 1),
      TITLE: `Heat, The ${i} (1995)`,
      ...(i % 2 ? { GENRES: "Drama|Crime" } : {}),
    })),
  },
  {
    layout: "MovieLens tags since 20M",
    file: "10.csv",
    content: lines((i) => `${i + 1},${i + 7},"dark, ""noir""",${second(i)}`, "userId,movieId,tag,timestamp"),
    rows: rows((i) => ({
      USER_ID: String(i + 1),
      ITEM_ID: String(i + 7),
      TIMESTAMP: second(i),
      EVENT_TYPE: "tag",
      TAG: 'dark, "noir"',
    })),
  },
  {
    layout: "MovieLens 10M tags",
    file: "11.dat",
    content: lines((i) => `${i + 1}::${i + 7}::dark, "noir"::${second(i)}`),
    rows: rows((i) => ({
      USER_ID: String(i + 1),
      ITEM_ID: String(i + 7),
      TIMESTAMP: second(i),
      EVENT_TYPE: "tag",
      TAG: 'dark, "noir"',
    })),
  },
];
