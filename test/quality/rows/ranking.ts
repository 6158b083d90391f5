import { NDCG, type Row } from "./row.js";

/** Recipes of the ranking service. */
export const rankingRows: readonly Row[] = [
  {
    name: "personalized-ranking-v2-movielens-1m",
    recipe: "aws-personalized-ranking-v2",
    data: "movielens-1m",
    protocol: "rank-99",
    minutes: 5,
    gates: [{ metric: NDCG, atLeast: 0.52, aim: 0.56, beats: { reference: "popularity" } }],
  },
  {
    name: "personalized-ranking-movielens-1m",
    recipe: "aws-personalized-ranking",
    data: "movielens-1m",
    protocol: "rank-99",
    minutes: 5,
    gates: [{ metric: NDCG, beats: { reference: "popularity" } }],
  },
];
