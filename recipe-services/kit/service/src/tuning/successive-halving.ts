/** Of the configurations of one round, one in three goes on to the next, with three times the budget. */
const REDUCTION = 3;

/** One round: how many configurations get which share of the full training time. */
export interface Round {
  readonly configurations: number;
  /** Share of the full training time for each, 0 to 1. */
  readonly budget: number;
}

/**
 * The rounds of successive halving (Jamieson and Talwalkar 2016): all configurations with a ninth of the time, the best
 * third of them with a third of it, the best third of those with all of it.
 * @param configurations how many are tried, at least 1
 * @param budgeted whether a training can be cut short; if not, there is one round with the whole time
 */
export function roundsOf(configurations: number, budgeted: boolean): Round[] {
  if (!budgeted) return [{ configurations, budget: 1 }];
  const rounds: Round[] = [];
  for (let left = configurations, round = 0; round < 3; round++) {
    rounds.push({ configurations: left, budget: REDUCTION ** (round - 2) });
    left = Math.max(1, Math.ceil(left / REDUCTION));
  }
  return rounds;
}

/** What the rounds cost, in full trainings. The default configuration takes part in every round. */
export function costOf(rounds: readonly Round[]): number {
  return rounds.reduce(
    (sum, { configurations, budget }, at) => sum + budget * (configurations + (at > 0 && configurations > 0 ? 1 : 0)),
    0,
  );
}
