import { setTimeout as sleep } from "node:timers/promises";
import type { Ending, Instance } from "./instance.js";

const FIRST_BACKOFF_MS = 200;
const MAX_BACKOFF_MS = 5_000;
/** A process that ran this long before it ended is restarted as if it had never failed. */
const STABLE_MS = 30_000;
/** How often a process is asked whether it still answers. */
const LOOK_MS = 10_000;
/** Times in a row without an answer after which a process hangs: it is killed, and started again as any that ends. */
const MISSED_LOOKS = 6;

/** What happens to a kept process, for whoever tells the user. */
export type KeeperEvent =
  | { readonly kind: "ready"; readonly name: string; readonly pid: number | undefined; readonly afterMs: number }
  | { readonly kind: "ended"; readonly name: string; readonly ending: Ending; readonly retryInMs: number }
  | { readonly kind: "hung"; readonly name: string }
  | { readonly kind: "stopped"; readonly name: string };

/** Settings of a {@link Keeper}. */
export interface KeeperOptions {
  /** Milliseconds between two looks whether the process answers; default 10,000. Six in a row without an answer, and it hangs. */
  readonly lookMs?: number;
}

/** Keeps one process running: starts it, restarts it whenever it ends unasked, stops it for good. */
export class Keeper {
  /** The process's name. */
  readonly name: string;
  readonly #launch: () => Promise<Instance> | Instance;
  readonly #report: (event: KeeperEvent) => void;
  readonly #lookMs: number;
  #instance: Instance | undefined;
  #stopping = new AbortController();
  #restarts: Promise<void> = Promise.resolve();
  #lastBackoff = FIRST_BACKOFF_MS;

  /**
   * @param name for reports
   * @param launch starts one run of the process
   * @param report told of every change
   */
  constructor(
    name: string,
    launch: () => Promise<Instance> | Instance,
    report: (event: KeeperEvent) => void,
    { lookMs = LOOK_MS }: KeeperOptions = {},
  ) {
    this.#lookMs = lookMs;
    this.name = name;
    this.#launch = launch;
    this.#report = report;
  }

  /** Process id of the present run; undefined between runs. */
  get pid(): number | undefined {
    return this.#instance?.pid;
  }

  /**
   * Starts the process and resolves when it is ready.
   * @throws Error with its last words when it ends before that
   */
  async start(): Promise<void> {
    this.#stopping = new AbortController();
    const ending = await this.#run();
    if (ending !== undefined) {
      const words = ending.lastWords.length > 0 ? `\n  ${ending.lastWords.join("\n  ")}` : "";
      throw new Error(`${this.name} ended while it started (${ending.how}).${words}`);
    }
  }

  /** Stops the process and keeps it stopped. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#instance?.stop();
    await this.#restarts;
    this.#instance = undefined;
    this.#report({ kind: "stopped", name: this.name });
  }

  /** Stops the process and starts it again. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** One run: resolves to undefined once ready (and watched from then on), or to its ending if that comes first. */
  async #run(): Promise<Ending | undefined> {
    const started = performance.now();
    const instance = await this.#launch();
    if (this.#stopping.signal.aborted) {
      await instance.stop();
      return instance.ended;
    }
    this.#instance = instance;
    const giveUp = new AbortController();
    const signal = AbortSignal.any([giveUp.signal, this.#stopping.signal]);
    const ready = instance.ready(signal).then(
      () => undefined,
      () => instance.ended, // aborted: either it has ended, or it is being stopped and will
    );
    const ending = await Promise.race([ready, instance.ended]);
    giveUp.abort();
    if (ending !== undefined) {
      this.#instance = undefined;
      return ending;
    }
    const readyAt = performance.now();
    this.#report({ kind: "ready", name: this.name, pid: instance.pid, afterMs: Math.round(readyAt - started) });
    void instance.ended.then((end) => {
      if (this.#instance !== instance || this.#stopping.signal.aborted) return;
      this.#instance = undefined;
      this.#restarts = this.#bringBack(end, readyAt);
    });
    void this.#watch(instance);
    return undefined;
  }

  /** Kills a process that does not answer any more: stopped, deadlocked, or in an endless loop. */
  async #watch(instance: Instance): Promise<void> {
    const { signal } = this.#stopping;
    for (let missed = 0; missed < MISSED_LOOKS;) {
      await sleep(this.#lookMs, undefined, { signal, ref: false }).catch(() => {});
      if (signal.aborted || this.#instance !== instance) return;
      missed = (await instance.responds()) ? 0 : missed + 1;
    }
    if (signal.aborted || this.#instance !== instance) return;
    this.#report({ kind: "hung", name: this.name });
    instance.kill();
  }

  async #bringBack(first: Ending, readyAt: number): Promise<void> {
    let ending: Ending | undefined = first;
    let backoff = this.#backoffAfter(readyAt);
    while (ending !== undefined && !this.#stopping.signal.aborted) {
      this.#report({ kind: "ended", name: this.name, ending, retryInMs: backoff });
      try {
        await sleep(backoff, undefined, { signal: this.#stopping.signal });
      } catch {
        return;
      }
      backoff = Math.min(backoff * 2, MAX_BACKOFF_MS);
      this.#lastBackoff = backoff;
      ending = await this.#run().catch((error: Error) => ({ how: error.message, lastWords: [] }));
    }
  }

  /** Milliseconds to wait: short after a long healthy run, else what the last restart had come to. */
  #backoffAfter(readyAt: number): number {
    if (performance.now() - readyAt > STABLE_MS) this.#lastBackoff = FIRST_BACKOFF_MS;
    return this.#lastBackoff;
  }
}
