import { Random } from "@palate/numeric";
import { actionEvent, Outcome, trainingDataOf, type InteractionRow, type TrainingData } from "@palate/recipe";

/** Users whose true propensities to take actions are known. */
export interface ActionStream {
  readonly data: TrainingData;
  /** The true probability that a user takes an action when shown it at a moment at which the stream did show it. */
  propensity(user: number, action: number, time: number): number;
}

/** What is made up. */
export interface ActionStreamOptions {
  readonly users: number;
  readonly actions: number;
  readonly days: number;
  readonly seed: number;
}

const START = 1_700_000_000;
const HOUR = 3_600;
const DAY = 86_400;
const TASTES = ["books", "garden", "kitchen", "music", "sport"];
const TIERS = ["basic", "plus", "gold"];
const KINDS = ["discount", "subscription", "survey"];

/** Days until the same action is shown to the same user again: more than the time within which it may be taken. */
const PAUSE_DAYS = 21;

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

interface Person {
  readonly tier: number;
  readonly age: number;
  /** How much of each taste; they sum to 1. */
  readonly tastes: readonly number[];
  /** How readily actions are taken; nothing but the past tells of it. */
  readonly readiness: number;
}

interface Offer {
  readonly base: number;
  readonly taste: number;
  readonly kind: number;
  readonly byTier: readonly number[];
  readonly byAge: number;
  /** What having taken it before changes. */
  readonly again: number;
}

function personOf(random: Random): Person {
  const raw = TASTES.map(() => Math.exp(1.5 * random.normal()));
  const sum = raw.reduce((total, one) => total + one, 0);
  return {
    tier: random.integer(TIERS.length),
    age: 18 + random.integer(60),
    tastes: raw.map((one) => one / sum),
    readiness: 0.6 * random.normal(),
  };
}

function offerOf(action: number, random: Random): Offer {
  return {
    base: -1.6 + 0.7 * random.normal(),
    taste: action % TASTES.length,
    kind: random.integer(KINDS.length),
    byTier: TIERS.map(() => 0.7 * random.normal()),
    byAge: 0.8 * random.normal(),
    again: random.uniform() < 0.5 ? 1 : -1,
  };
}

/** What a stream is made with, and the probabilities that it notes. */
interface Making {
  readonly random: Random;
  readonly offers: readonly Offer[];
  readonly days: number;
  /** By "user|action|time". */
  readonly truth: Map<string, number>;
}

/** The items that a user interacts with, by their tastes. */
function visitsOf(user: number, { tastes }: Person, { random, days }: Making): InteractionRow[] {
  const taste = (): number => {
    let left = random.uniform();
    return tastes.findIndex((share, k) => (left -= share) < 0 || k === TASTES.length - 1);
  };
  return Array.from({ length: 15 + random.integer(40) }, () => {
    const item = `${TASTES[taste()]}-${random.integer(40)}`;
    return { user: `u${user}`, item, timestamp: START + random.integer(days * DAY) };
  });
}

/** What a user did about one action so far. */
interface Before {
  shown: number;
  refused: number;
  taken: number;
}

/** The probability that a user takes an offer. */
function propensityOf(person: Person, offer: Offer, before: Before): number {
  const middle = 1 - Math.abs(person.age - 48) / 30;
  return sigmoid(
    offer.base +
      2.5 * (person.tastes[offer.taste]! - 0.2) +
      offer.byTier[person.tier]! +
      offer.byAge * middle +
      person.readiness +
      (before.taken > 0 ? offer.again : 0) -
      0.4 * Math.min(3, before.refused),
  );
}

/** What a user is shown and does about it, by time. */
function answersOf(user: number, person: Person, { random, offers, days, truth }: Making) {
  const events: { event: number; time: number }[] = [];
  const past = offers.map((): Before => ({ shown: -Infinity, refused: 0, taken: 0 }));
  for (let time = START + random.integer(2 * DAY); time < START + days * DAY; time += DAY + random.integer(2 * DAY)) {
    const action = random.integer(offers.length);
    const [offer, before] = [offers[action]!, past[action]!];
    if (time - before.shown < PAUSE_DAYS * DAY) continue;
    const p = propensityOf(person, offer, before);
    truth.set(`${user}|${action}|${time}`, p);
    before.shown = time;
    events.push({ event: actionEvent(action, Outcome.VIEWED), time });
    if (random.uniform() < p) {
      const delay = Math.min(10 * DAY, Math.ceil(-6 * HOUR * Math.log(1 - random.uniform())));
      events.push({ event: actionEvent(action, Outcome.TAKEN), time: time + delay });
      before.taken++;
      before.refused = 0;
    } else {
      if (random.uniform() < 0.5)
        events.push({ event: actionEvent(action, Outcome.NOT_TAKEN), time: time + 60 + random.integer(HOUR) });
      before.refused++;
    }
  }
  return events.sort((a, b) => a.time - b.time);
}

/**
 * A stream of users who interact with items by their tastes and are shown an action every other day or so. Whether they take
 * it is drawn from a probability made of the action's attractiveness, the user's tastes, tier and age (which only middle
 * ages have the most of), their readiness, which is hidden, and what they did about it before: each refusal since it was
 * last taken makes it less likely, and having taken it changes it, for better or worse by action. Of those not taken half
 * are refused in words (NOT_TAKEN), the others stay views.
 */
export function streamOfActions({ users, actions, days, seed }: ActionStreamOptions): ActionStream {
  const random = new Random(seed);
  const offers = Array.from({ length: actions }, (_, action) => offerOf(action, random));
  const people = Array.from({ length: users }, () => personOf(random));
  const truth = new Map<string, number>();
  const making = { random, offers, days, truth };
  const rows: InteractionRow[] = [];
  const events: number[] = [];
  const timestamps: number[] = [];
  const offsets = new Int32Array(users + 1);
  people.forEach((person, user) => {
    rows.push(...visitsOf(user, person, making));
    for (const { event, time } of answersOf(user, person, making)) {
      events.push(event);
      timestamps.push(time);
    }
    offsets[user + 1] = events.length;
  });
  const items = TASTES.flatMap((name) => Array.from({ length: 40 }, (_, k) => `${name}-${k}`));
  const categories = items.map((item) => item.split("-")[0]!);
  const data = trainingDataOf(rows, items, { CATEGORY: categories });
  return {
    data: {
      ...data,
      userAttributes: {
        TIER: people.map(({ tier }) => TIERS[tier]!),
        AGE: people.map(({ age }) => age),
      },
      actions: {
        actionIds: offers.map((_, action) => `a${action}`),
        attributes: {
          KIND: offers.map(({ kind }) => KINDS[kind]!),
          TOPIC: offers.map(({ taste }) => TASTES[taste]!),
          VALUE: offers.map(() => 1 + random.integer(10)),
        },
        offsets,
        events: Int32Array.from(events),
        timestamps: Float64Array.from(timestamps),
      },
    },
    propensity: (user, action, time) => truth.get(`${user}|${action}|${time}`) ?? Number.NaN,
  };
}
