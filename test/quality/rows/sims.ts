import { NDCG, type Row } from "./row.js";

/** Recipes of the sims service. */
export const simsRows: readonly Row[] = [
  {
    name: "sims-movielens-1m",
    recipe: "aws-sims",
    data: "movielens-1m",
    protocol: "leave-one-out",
    note: "last item → next",
    gates: [{ metric: NDCG, atLeast: 0.133, aim: 0.14, beats: { reference: "popularity", beyondInterval: true } }],
  },
  {
    name: "sims-beauty",
    recipe: "aws-sims",
    data: "amazon-beauty-5core",
    protocol: "leave-one-out",
    note: "last item → next",
    gates: [{ metric: NDCG, atLeast: 0.047, aim: 0.052, beats: { reference: "popularity", beyondInterval: true } }],
  },
  {
    name: "similar-items-movielens-1m",
    recipe: "aws-similar-items",
    data: "movielens-1m",
    protocol: "leave-one-out",
    note: "last item → next",
    gates: [{ metric: NDCG, atLeast: 0.133, aim: 0.14, beats: { reference: "popularity", beyondInterval: true } }],
  },
  {
    name: "similar-items-beauty",
    recipe: "aws-similar-items",
    data: "amazon-beauty-5core",
    protocol: "leave-one-out",
    note: "last item → next",
    gates: [{ metric: NDCG, atLeast: 0.047, aim: 0.052, beats: { reference: "popularity", beyondInterval: true } }],
  },
  {
    name: "similar-items-cold-beauty",
    recipe: "aws-similar-items",
    data: "amazon-beauty-5core",
    protocol: "cold-similar",
    note: "half of the items without interactions",
    gates: [{ metric: NDCG, beats: { reference: "all" } }],
  },
  {
    name: "semantic-similarity-online-retail",
    recipe: "aws-semantic-similarity",
    data: "online-retail",
    protocol: "leave-one-out",
    note: "last item → next, by descriptions alone",
    options: ["--columns", "DESCRIPTION"],
    gates: [{ metric: NDCG, beats: { reference: "popularity", factor: 3, aimFactor: 5, beyondInterval: true } }],
  },
  {
    name: "semantic-similarity-cold-online-retail",
    recipe: "aws-semantic-similarity",
    data: "online-retail",
    protocol: "cold-similar",
    note: "half of the items without interactions, by descriptions alone",
    options: ["--columns", "DESCRIPTION"],
    gates: [
      { metric: NDCG, beats: { reference: "random", factor: 3, aimFactor: 5, beyondInterval: true } },
      { metric: NDCG, beats: { reference: "content only" } },
    ],
  },
];
