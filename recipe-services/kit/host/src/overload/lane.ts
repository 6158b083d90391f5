/** A call that waits. */
export interface Waiting {
  /** What it is taken to cost. */
  readonly cost: number;
  /** When it came, in milliseconds. */
  readonly since: number;
  /** When nobody waits for it any more. */
  readonly deadline: number;
  /** Set once it was let in, refused or given up; it is then passed over. */
  settled: boolean;
  admit: () => void;
  refuse: (reason: Error) => void;
}

/** One caller's calls that wait, oldest first. */
export class Lane {
  /** Whose they are. */
  readonly caller: string;
  /** What the caller may still spend before the next one's turn; below zero after a call that turned out to cost much. */
  balance = 0;
  /** Its neighbours in the ring. */
  next: Lane = this;
  before: Lane = this;
  /** How many wait, and what they cost together. */
  waiting = 0;
  cost = 0;
  #entries: Waiting[] = [];
  #first = 0;

  constructor(caller: string) {
    this.caller = caller;
  }

  /** Adds the newest. */
  push(entry: Waiting): void {
    this.#entries.push(entry);
    this.waiting++;
    this.cost += entry.cost;
  }

  /** Takes an entry that is settled out of the sums. */
  uncount(entry: Waiting): void {
    entry.settled = true;
    this.waiting--;
    this.cost -= entry.cost;
  }

  /** The one that has waited longest. */
  oldest(): Waiting | undefined {
    while (this.#entries[this.#first]?.settled) this.#first++;
    if (this.#first > 1_000 && this.#first * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
    return this.#entries[this.#first];
  }

  /** The one that came last. */
  newest(): Waiting | undefined {
    while (this.#entries.length > this.#first && this.#entries.at(-1)?.settled) this.#entries.pop();
    return this.#entries.length > this.#first ? this.#entries.at(-1) : undefined;
  }
}
