import { NDCG, type Row } from "./row.js";

const RECIPES = { "hrnn-metadata": "aws-hrnn-metadata", "user-personalization-v2": "aws-user-personalization-v2" };

/**
 * Items with numbers that stand for brands and categories, about 16 interactions each, and with three interactions of each user
 * 5.5 each; with texts and prices, 4.6 each.
 */
const DATA: readonly Pick<Row, "name" | "data" | "note" | "options">[] = [
  { name: "beauty", data: "amazon-beauty-5core", note: "with metadata against without" },
  {
    name: "beauty-sparse",
    data: "amazon-beauty-5core",
    note: "with metadata against without, three interactions of each user",
    options: ["--latest", "3", "--min-item-interactions", "0"],
  },
  {
    name: "online-retail",
    data: "online-retail",
    note: "with metadata against without, four interactions of each user",
    options: ["--latest", "4", "--min-item-interactions", "0"],
  },
];

/** What metadata and text are worth where items have few interactions: recipes against themselves without any. */
export const metadataRows: readonly Row[] = Object.entries(RECIPES).flatMap(([name, recipe]) =>
  DATA.map(({ options = [], ...row }) => ({
    ...row,
    name: `metadata-${name}-${row.name}`,
    recipe,
    protocol: "leave-one-out",
    minutes: 1,
    options: [...options, "--without-metadata"],
    gates: [{ metric: NDCG, beats: { reference: "without metadata", beyondInterval: true, aimFactor: 1.25 } }],
  })),
);
