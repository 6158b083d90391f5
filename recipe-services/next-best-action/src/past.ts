import { actionOf, countUntil, Outcome, outcomeOf, type ActionHistory } from "@palate/recipe";
import { OCCASION_SECONDS } from "./examples.js";

/** A user's past with one action up to a moment. */
export interface PastOfAction {
  /** Occasions on which the user had the choice. */
  occasions: number;
  /** How often the user took it. */
  taken: number;
  /** Occasions since it was taken last. */
  sinceTaken: number;
  /** Unix time in seconds of the last event; -Infinity when there is none. */
  lastAt: number;
  /** Unix time in seconds at which it was taken last; -Infinity when never. */
  lastTakenAt: number;
  /** The last event. */
  lastOutcome: Outcome;
  /** Whether it was viewed and not answered yet. */
  unanswered: boolean;
}

/** A user's past with each action up to and including a moment, by action index; without actions that they never met. */
export function pastOf({ events, timestamps }: ActionHistory, moment: number): Map<number, PastOfAction> {
  const past = new Map<number, PastOfAction>();
  const end = countUntil(timestamps, moment);
  for (let i = 0; i < end; i++) {
    const action = actionOf(events[i]!);
    const outcome = outcomeOf(events[i]!);
    const time = timestamps[i]!;
    let one = past.get(action);
    if (one === undefined) {
      one = {
        occasions: 0,
        taken: 0,
        sinceTaken: 0,
        lastAt: -Infinity,
        lastTakenAt: -Infinity,
        lastOutcome: outcome,
        unanswered: false,
      };
      past.set(action, one);
    }
    const again = outcome === Outcome.VIEWED && time - one.lastAt > OCCASION_SECONDS;
    if (!one.unanswered || again) {
      one.occasions++;
      one.sinceTaken++;
    }
    one.unanswered = outcome === Outcome.VIEWED;
    if (outcome === Outcome.TAKEN) {
      one.taken++;
      one.sinceTaken = 0;
      one.lastTakenAt = time;
    }
    one.lastAt = time;
    one.lastOutcome = outcome;
  }
  return past;
}
