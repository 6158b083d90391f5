import { jsonLines, lines, rows, second, two, type LookAlike } from "./look-alike.js";

const user = (i: number) => `A1X2Y3Z4W5V6${two(i)}`;
const asin = (i: number) => `00010131${two(i)}`;
const stars = (i: number) => (i % 5) + 1;

const ratingRows = rows((i) => ({ USER_ID: user(i), ITEM_ID: asin(i), TIMESTAMP: second(i), EVENT_VALUE: stars(i) }));

/** Files in the forms of Amazon's reviews, and of Amazon Personalize. */
export const AMAZON: readonly LookAlike[] = [
  {
    layout: "Amazon Reviews 2014 ratings",
    file: "1.csv",
    content: lines((i) => `${user(i)},${asin(i)},${stars(i)}.0,${second(i)}`),
    rows: ratingRows,
  },
  {
    layout: "Amazon Reviews 2018 ratings",
    file: "2.csv",
    content: lines((i) => `${asin(i)},${user(i)},${stars(i)}.0,${second(i)}`),
    rows: ratingRows,
  },
  {
    layout: "Amazon Reviews 2014 reviews",
    file: "3.json",
    content: jsonLines((i) => ({
      reviewerID: user(i),
      asin: asin(i),
      reviewerName: `N. N. "${i}"`,
      helpful: [0, i],
      reviewText: "Made up.\nTwo lines.",
      overall: stars(i),
      summary: "Fine",
      unixReviewTime: second(i),
      reviewTime: `01 ${i + 1}, 2012`,
    })),
    rows: ratingRows,
  },
  {
    layout: "Amazon Reviews 2018 reviews",
    file: "4.json",
    content: jsonLines((i) => ({
      overall: stars(i),
      verified: i % 2 === 0,
      reviewTime: `01 ${i + 1}, 2012`,
      reviewerID: user(i),
      asin: asin(i),
      ...(i % 3 ? {} : { style: { "Format:": " Paperback" } }),
      reviewText: "Made up.",
      summary: "Fine",
      unixReviewTime: second(i),
    })),
    rows: ratingRows.map((row, i) => ({ ...row, VERIFIED: i % 2 === 0 })),
  },
  {
    layout: "Amazon Reviews 2018 products",
    file: "5.json",
    content: jsonLines((i) => ({
      category: ["Books", "Essays, short"],
      description: ["First part.", "Second part."],
      title: `Title ${i}`,
      also_buy: [],
      brand: `Brand ${i % 2}`,
      rank: "1 in Books",
      price: i === 0 ? "$10.00 - $20.00" : `$1,0${two(i)}.99`,
      asin: asin(i),
    })),
    rows: rows((i) => ({
      ITEM_ID: asin(i),
      TITLE: `Title ${i}`,
      BRAND: `Brand ${i % 2}`,
      CATEGORIES: "Books|Essays, short",
      DESCRIPTION: "First part.|Second part.",
      ...(i === 0 ? {} : { PRICE: Number(`10${two(i)}.99`) }),
    })),
  },
  {
    layout: "Amazon Reviews 2014 products, converted to JSON",
    file: "6.jsonl",
    content: jsonLines((i) => ({
      asin: asin(i),
      title: `Title ${i}`,
      categories: [["Beauty", "Hair Care"], ["Gifts"]],
      imUrl: "http://pictures.example/1.jpg",
      price: i + 0.5,
    })),
    rows: rows((i) => ({
      ITEM_ID: asin(i),
      TITLE: `Title ${i}`,
      CATEGORIES: "Beauty|Hair Care|Gifts",
      PRICE: i + 0.5,
    })),
  },
  {
    layout: "Amazon Reviews 2023 reviews",
    file: "7.jsonl",
    content: jsonLines((i) => ({
      rating: stars(i),
      title: "Fine",
      text: "Made up.",
      images: [],
      asin: `B${asin(i).slice(1)}`,
      parent_asin: asin(i),
      user_id: user(i),
      timestamp: second(i) * 1000 + 999,
      helpful_vote: i,
      verified_purchase: i % 2 === 0,
    })),
    rows: ratingRows.map((row, i) => ({ ...row, VERIFIED_PURCHASE: i % 2 === 0, HELPFUL_VOTE: i })),
  },
  {
    layout: "Amazon Reviews 2023 products",
    file: "8.jsonl",
    content: jsonLines((i) => ({
      main_category: "All Beauty",
      title: `Title ${i}`,
      average_rating: 4.5,
      rating_number: 10 + i,
      features: [],
      description: [],
      price: i + 0.25,
      images: [{ thumb: "http://pictures.example/1.jpg" }],
      videos: [],
      store: "Shop & Co",
      categories: ["Beauty", "Nails"],
      details: { Brand: "Made up" },
      parent_asin: asin(i),
      bought_together: null,
    })),
    rows: rows((i) => ({
      ITEM_ID: asin(i),
      TITLE: `Title ${i}`,
      MAIN_CATEGORY: "All Beauty",
      CATEGORIES: "Beauty|Nails",
      STORE: "Shop & Co",
      PRICE: i + 0.25,
      AVERAGE_RATING: 4.5,
      RATING_NUMBER: 10 + i,
    })),
  },
  {
    layout: "Amazon Reviews 2023 benchmark",
    file: "9.csv",
    content: lines(
      (i) => `${user(i)},${asin(i)},${stars(i)}.0,${second(i) * 1000 + 501},${i ? `${asin(0)} ${asin(1)}` : ""}`,
      "user_id,parent_asin,rating,timestamp,history",
    ),
    rows: ratingRows,
  },
  {
    layout: "Amazon Personalize interactions",
    file: "10.csv",
    content: lines((i) => `${user(i)},${asin(i)},watch,${second(i)}`, "USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP"),
    rows: rows((i) => ({ USER_ID: user(i), ITEM_ID: asin(i), TIMESTAMP: second(i), EVENT_TYPE: "watch" })),
  },
  {
    layout: "Amazon Personalize items",
    file: "11.csv",
    content: lines(
      (i) => `${asin(i)},${i % 2 ? "Drama|Crime" : "Drama"},${second(i)}`,
      "ITEM_ID,GENRES,CREATION_TIMESTAMP",
    ),
    rows: rows((i) => ({ ITEM_ID: asin(i), GENRES: i % 2 ? "Drama|Crime" : "Drama", CREATION_TIMESTAMP: second(i) })),
  },
  {
    layout: "Amazon Personalize users",
    file: "12.csv",
    content: lines((i) => `${user(i)},${20 + i}`, "USER_ID,AGE"),
    rows: rows((i) => ({ USER_ID: user(i), AGE: 20 + i })),
  },
];
