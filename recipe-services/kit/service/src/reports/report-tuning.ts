import { TrialStatus, type SolutionVersion } from "@palate/proto/recipe";
import { html, lineChart, shortDuration, shortNumber, shortShare, table, type Section } from "@palate/report";

/** Configurations that were tried before the training. */
export function tuningSection({ trials }: SolutionVersion): Section | undefined {
  if (trials.length === 0) return undefined;
  const finished = trials.filter(({ status }) => status === TrialStatus.TRIAL_STATUS_COMPLETED);
  const budgets = [...new Set(finished.map(({ budget }) => budget))].sort((a, b) => a - b);
  const series = budgets.map((budget) => ({
    name: `${shortShare(budget)} of the time`,
    points: finished
      .filter((one) => one.budget === budget)
      .map(({ number, objective }) => ({ x: number, y: objective })),
  }));
  const several = new Set(trials.map(({ recipe }) => recipe)).size > 1;
  const columns = [
    { name: "Trial", numeric: true },
    ...(several ? [{ name: "Recipe" }] : []),
    { name: "Configuration" },
    { name: "Time given", numeric: true },
    { name: "Objective", numeric: true },
    { name: "Took", numeric: true },
    { name: "" },
  ];
  const rows = [...trials]
    .sort((a, b) => b.budget - a.budget || b.objective - a.objective)
    .map((trial) => [
      trial.number,
      ...(several ? [trial.recipe] : []),
      Object.entries(trial.hyperparameters).map(([name, value]) => html`<code>${name}</code> ${value} `),
      shortShare(trial.budget),
      trial.status === TrialStatus.TRIAL_STATUS_COMPLETED ? shortNumber(trial.objective) : "",
      shortDuration(trial.seconds),
      trial.chosen ? html`<strong class="good">chosen</strong>` : trial.failureReason,
    ]);
  return {
    title: "Trials",
    lead: "Configurations trained for a part of the time and measured on a validation window inside the training data; those that did well were tried again with more time.",
    body: html`${series.length > 0 && lineChart({ title: "Objective of the trials", series, joined: false, xLabel: "trial", yLabel: "objective" })}${table(columns, rows)}`,
  };
}
