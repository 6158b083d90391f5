import { NDCG, type Row } from "./row.js";

const TRIALS = 16;

/** What the search for hyperparameters is worth: the configuration it finds against the default one. */
export const tuningRows: readonly Row[] = [
  {
    name: "hpo-user-personalization-v2-beauty",
    recipe: "aws-user-personalization-v2",
    data: "amazon-beauty-5core",
    protocol: "hpo",
    note: `${TRIALS} trials`,
    minutes: 1,
    options: ["--trials", String(TRIALS)],
    gates: [{ metric: NDCG, beats: { reference: "default", orEqual: true, aimFactor: 1.03 } }],
  },
  {
    name: "hpo-sims-beauty",
    recipe: "aws-sims",
    data: "amazon-beauty-5core",
    protocol: "hpo",
    note: `${TRIALS} trials, last item → next`,
    options: ["--trials", String(TRIALS)],
    gates: [{ metric: NDCG, beats: { reference: "default", orEqual: true, aimFactor: 1.03 } }],
  },
];
