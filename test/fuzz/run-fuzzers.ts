import { performance } from "node:perf_hooks";
import { NotPossible, type Fuzzer } from "./fuzzer.js";

/** How long each fuzzer runs. */
export interface FuzzExtent {
  readonly seed: number;
  /** Rounds of each; its own number unless said. */
  readonly rounds?: number | undefined;
  /** Seconds of each, in place of rounds. */
  readonly seconds?: number | undefined;
}

/** What came of one fuzzer. */
export interface FuzzResult {
  readonly name: string;
  readonly seed: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly outcome: "held" | "failed" | "skipped";
  /** What was tried, or why it failed or was skipped. */
  readonly said: string;
  /** The command that fails again; only where it failed. */
  readonly again?: string;
}

/** Runs fuzzers one after the other; never rejects. */
export async function* runFuzzers(fuzzers: readonly Fuzzer[], extent: FuzzExtent): AsyncGenerator<FuzzResult> {
  for (const fuzzer of fuzzers) yield await runFuzzer(fuzzer, extent);
}

async function runFuzzer(fuzzer: Fuzzer, { seed, rounds, seconds }: FuzzExtent): Promise<FuzzResult> {
  const { name } = fuzzer;
  const began = performance.now();
  const elapsed = () => (performance.now() - began) / 1000;
  // Against a clock it runs few rounds at a time, so that whatever fails does so again in a short time.
  const atOnce = seconds === undefined ? (rounds ?? fuzzer.rounds) : fuzzer.fewRounds;
  let [from, done] = [seed, 0];
  try {
    for (;;) {
      const found = await fuzzer.run(from, atOnce);
      done += atOnce;
      from += atOnce;
      if (elapsed() < (seconds ?? 0)) continue;
      const said = done === atOnce ? found : `in the last ${atOnce} rounds: ${found}`;
      return { name, seed, rounds: done, seconds: elapsed(), outcome: "held", said };
    }
  } catch (thrown) {
    const why = { name, seed, rounds: done + atOnce, seconds: elapsed(), said: messageOf(thrown) };
    if (thrown instanceof NotPossible) return { ...why, outcome: "skipped" };
    const failing = (thrown as { readonly seed?: unknown }).seed;
    const [bad, count] = typeof failing === "number" ? [failing, 1] : [from, atOnce];
    return { ...why, outcome: "failed", again: `npm run fuzz -- --only ${name} --seed ${bad} --rounds ${count}` };
  }
}

function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.cause === undefined ? thrown.message : `${thrown.message} (${messageOf(thrown.cause)})`;
}
