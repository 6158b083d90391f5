/** What a metric says. */
export interface MetricMeaning {
  /** A short name: "NDCG@10". */
  readonly label: string;
  /** What it is, in a sentence. */
  readonly meaning: string;
  /** Which values are better; "neither" where that depends on what is wanted. */
  readonly better: "higher" | "lower" | "neither";
}

type Family = Omit<MetricMeaning, "label"> & { readonly label: string };

const higher = (label: string, meaning: string): Family => ({ label, meaning, better: "higher" });
const lower = (label: string, meaning: string): Family => ({ label, meaning, better: "lower" });
const neither = (label: string, meaning: string): Family => ({ label, meaning, better: "neither" });

/** Metrics by key, in the order in which they are shown; `{k}` stands for a list length. */
const FAMILIES: Readonly<Record<string, Family>> = {
  "normalized_discounted_cumulative_gain_at_{k}": higher(
    "NDCG@{k}",
    "How near the top of the first {k} places the items stand that users went on to choose; 1 is a perfect order.",
  ),
  "normalized_discounted_cumulative_gain_with_event_weights_at_{k}": higher(
    "Weighted NDCG@{k}",
    "The same, each hit counting as much as its event type does.",
  ),
  "hit_rate_at_{k}": higher("Hit rate@{k}", "Share of users with at least one right item in the first {k} places."),
  "mean_reciprocal_rank_at_{k}": higher(
    "MRR@{k}",
    "Mean of 1 divided by the place of the first right item; 0 when none is in the first {k} places.",
  ),
  "precision_at_{k}": higher("Precision@{k}", "Share of the first {k} places that are right."),
  "recall_at_{k}": higher("Recall@{k}", "Share of what a user went on to choose that is in the first {k} places."),
  "mean_average_precision_at_{k}": higher(
    "MAP@{k}",
    "Precision at the place of each right item within the first {k}, averaged over the right items.",
  ),
  average_rewards_at_k: higher(
    "Average rewards",
    "Share of what could be earned by the objective that the first 25 places earn.",
  ),
  trend_prediction_accuracy: higher(
    "Trend accuracy",
    "By how much the recommended items rise in the next interval, divided by how much those rise that rise most.",
  ),
  hits_at_1_percent: higher("Hits@1 %", "Right users among the first percent of all users."),
  recall_at_1_percent: higher("Recall@1 %", "Share of the users who could be found in the first percent that are."),
  lift_at_1_percent: higher(
    "Lift@1 %",
    "How many times as often as everybody the found users choose what was asked for.",
  ),
  any_hits_at_1_percent: higher("Any hits@1 %", "Users in the first percent with at least one matching choice."),
  agreement: higher("Agreement", "Share of users whose later interactions alone put them into the same cluster."),
  silhouette: higher("Silhouette", "How well clusters are kept apart, 0 to 1."),
  clusters: neither("Clusters", "How many clusters were found."),
  area_under_the_curve: higher(
    "AUC",
    "Chance that a taken occasion of an action has a higher propensity than one not taken, averaged over actions.",
  ),
  area_under_the_curve_overall: higher("AUC, all actions", "The same over the occasions of all actions together."),
  precision: higher(
    "Precision",
    "Share of the occasions with more than the action's average propensity that were taken.",
  ),
  recall: higher("Recall", "Share of the taken occasions that had more than the action's average propensity."),
  log_loss: lower("Log loss", "Mean of −ln(probability given to what happened)."),
  expected_calibration_error: lower("Calibration error", "How far predicted and observed shares are apart on average."),
  coverage: neither("Coverage", "Share of everything that could be recommended that is, to anybody."),
  "intra_list_diversity_at_{k}": neither(
    "Diversity@{k}",
    "1 minus how alike two items of the same list are, by the users they have in common; 0 all alike, 1 nothing in common.",
  ),
  "novelty_at_{k}": neither(
    "Novelty@{k}",
    "How little known the first {k} items are, in bits: 1 is known to half of the users, 2 to a quarter.",
  ),
  "popularity_bias_at_{k}": neither(
    "Popularity bias@{k}",
    "How much more popular the first {k} items are than what the same users chose by themselves; 0 as popular, 1 twice as.",
  ),
  "gini_at_{k}": neither(
    "Gini@{k}",
    "How unevenly recommendations fall on the catalogue: 0 all items equally often, towards 1 few items have it all.",
  ),
};

const KEYS = Object.keys(FAMILIES);

function familyOf(key: string): { family: string; length: string } {
  const length = /_at_(\d+)$/.exec(key)?.[1] ?? "";
  const general = key.replace(/_at_\d+$/, "_at_{k}");
  return key in FAMILIES ? { family: key, length: "" } : { family: general, length };
}

/** What a metric says; a metric that nobody explained is named by its key and counts as neither better nor worse. */
export function metricMeaning(key: string): MetricMeaning {
  const { family, length } = familyOf(key);
  const found = FAMILIES[family];
  if (found === undefined) return { label: key.replaceAll("_", " "), meaning: "", better: "neither" };
  const fill = (text: string): string => text.replaceAll("{k}", length);
  return { ...found, label: fill(found.label), meaning: fill(found.meaning) };
}

/** Keys in the order in which people look for them: what is found first, then what the lists are like. */
export function metricOrder(keys: Iterable<string>): string[] {
  const place = (key: string): number => {
    const { family, length } = familyOf(key);
    const at = KEYS.indexOf(family);
    return (at < 0 ? KEYS.length : at) * 1000 + Number(length || 0);
  };
  return [...keys].sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
}
