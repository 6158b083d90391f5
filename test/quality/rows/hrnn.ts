import { PRECISION, RECIPROCAL_RANK, type Row } from "./row.js";

const COLDSTART = {
  recipe: "aws-hrnn-coldstart",
  data: "movielens-1m",
  protocol: "cold-half",
  minutes: 1,
} satisfies Partial<Row>;

/** Recipes on the recurrent network. */
export const hrnnRows: readonly Row[] = [
  {
    name: "hrnn-movielens-1m",
    recipe: "aws-hrnn",
    data: "movielens-1m",
    protocol: "last-tenth",
    minutes: 3,
    gates: [
      { metric: PRECISION, atLeast: 0.177, aim: 0.2 },
      { metric: RECIPROCAL_RANK, atLeast: 0.4, aim: 0.44 },
    ],
  },
  {
    ...COLDSTART,
    name: "hrnn-coldstart-movielens-1m",
    note: "genres only",
    options: ["--columns", "GENRES"],
    gates: [{ metric: PRECISION, atLeast: 0.243, beats: { reference: "random", factor: 5 } }],
  },
  {
    ...COLDSTART,
    name: "hrnn-coldstart-movielens-1m-year",
    note: "genres and year",
    options: ["--columns", "GENRES,YEAR"],
    gates: [{ metric: PRECISION, atLeast: 0.243, aim: 0.305, beats: { reference: "random", factor: 5 } }],
  },
];
