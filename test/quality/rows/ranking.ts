import { NDCG, type Row } from "./row.js";

/** Recipes of the ranking service. */
export const rankingRows: readonly Row[] = [
  {
    name: "personalized-ranking-v2-movielens-1m",
    recipe: "aws-personalized-ranking-v2",
    data: "movielens-1m",
    protocol: "rank-99",
    minutes: 4,
    gates: [{ metric: NDCG, atLeast: 0.52, aim: 0.56, beats: { reference: "popularity", beyondInterval: true } }],
  },
  {
    name: "personalized-ranking-v2-movielens-1m-time",
    recipe: "aws-personalized-ranking-v2",
    data: "movielens-1m",
    protocol: "rank-99",
    note: "time of the request known",
    minutes: 4,
    options: ["--request-time", "truth"],
    gates: [{ metric: NDCG, atLeast: 0.52, aim: 0.56, beats: { reference: "popularity", beyondInterval: true } }],
  },
  {
    name: "personalized-ranking-movielens-1m",
    recipe: "aws-personalized-ranking",
    data: "movielens-1m",
    protocol: "rank-99",
    minutes: 4,
    gates: [{ metric: NDCG, beats: { reference: "popularity", beyondInterval: true } }],
  },
];
