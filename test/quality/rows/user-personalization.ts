import { HIT_RATE, NDCG, type Row } from "./row.js";

const V2 = "aws-user-personalization-v2";

/** Recipes of the user-personalization service. */
export const userPersonalizationRows: readonly Row[] = [
  {
    name: "user-personalization-v2-movielens-1m",
    recipe: V2,
    data: "movielens-1m",
    protocol: "leave-one-out",
    minutes: 4.5,
    withinMinutes: 10,
    options: ["--backend", "native", "--closed-form"],
    gates: [
      { metric: NDCG, atLeast: 0.2, aim: 0.215, beats: { reference: "closed form", beyondInterval: true } },
      { metric: HIT_RATE, atLeast: 0.335, aim: 0.35 },
    ],
  },
  {
    name: "user-personalization-v2-movielens-1m-long",
    recipe: V2,
    data: "movielens-1m",
    protocol: "leave-one-out",
    note: "a long training, two networks",
    minutes: 20,
    withinMinutes: 30,
    options: ["--backend", "native", "--closed-form"],
    gates: [
      { metric: NDCG, atLeast: 0.2, aim: 0.215 },
      { metric: HIT_RATE, atLeast: 0.335, aim: 0.35 },
    ],
  },
  {
    name: "user-personalization-v2-movielens-1m-wasm",
    recipe: V2,
    data: "movielens-1m",
    protocol: "leave-one-out",
    note: "WebAssembly backend",
    minutes: 19,
    withinMinutes: 20,
    options: ["--backend", "wasm", "--closed-form"],
    gates: [{ metric: NDCG, atLeast: 0.192, aim: 0.2 }],
  },
  {
    name: "user-personalization-v2-movielens-1m-time",
    recipe: V2,
    data: "movielens-1m",
    protocol: "leave-one-out",
    note: "time of the request known",
    minutes: 4.5,
    withinMinutes: 10,
    options: ["--backend", "native", "--request-time", "truth", "--closed-form"],
    gates: [
      { metric: NDCG, atLeast: 0.222, aim: 0.24 },
      { metric: HIT_RATE, atLeast: 0.368, aim: 0.39 },
    ],
  },
  {
    name: "user-personalization-v2-movielens-1m-time-half-hour",
    recipe: V2,
    data: "movielens-1m",
    protocol: "leave-one-out",
    note: "half an hour, time of the request known",
    minutes: 29,
    withinMinutes: 30,
    options: ["--backend", "native", "--request-time", "truth", "--set", "network=both"],
    gates: [
      { metric: NDCG, atLeast: 0.222, aim: 0.24 },
      { metric: HIT_RATE, atLeast: 0.368, aim: 0.39 },
    ],
  },
  {
    name: "user-personalization-v2-movielens-1m-temporal",
    recipe: V2,
    data: "movielens-1m",
    protocol: "temporal",
    minutes: 1.5,
    withinMinutes: 10,
    options: ["--backend", "native", "--closed-form"],
    gates: [{ metric: NDCG, atLeast: 0.0948, aim: 0.105 }],
  },
  {
    name: "user-personalization-v2-beauty",
    recipe: V2,
    data: "amazon-beauty-5core",
    protocol: "leave-one-out",
    minutes: 1.5,
    withinMinutes: 10,
    options: ["--backend", "native", "--closed-form"],
    gates: [
      { metric: NDCG, atLeast: 0.056, aim: 0.06 },
      { metric: HIT_RATE, atLeast: 0.093, aim: 0.1 },
    ],
  },
];
