import { NDCG, type Row } from "./row.js";

/** Recipes of the popularity service: a check that the protocols are those of the papers. */
export const popularityRows: readonly Row[] = [
  {
    name: "popularity-count-movielens-1m",
    recipe: "aws-popularity-count",
    data: "movielens-1m",
    protocol: "leave-one-out",
    note: "another figure than 0.0178 means another protocol",
    gates: [{ metric: NDCG, atLeast: 0.0177, aim: 0.0178 }],
  },
];
