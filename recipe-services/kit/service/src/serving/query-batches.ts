import type { QueryContext } from "@palate/recipe";
import type { LoadedModel } from "./serving-hub.js";

/** A request that has not been answered yet. */
interface Waiting {
  readonly loaded: LoadedModel;
  readonly context: QueryContext;
  /** Answers or rejects; never throws. */
  readonly settle: () => void;
  readonly refuse: (reason: unknown) => void;
}

/**
 * Batches requests that arrive in the same turn of the event loop, for models that can prepare several at once. They are
 * answered at the end of that turn, so that a single request does not wait for others, and as many at a time as the model is
 * ready for, so that the first of many do not wait for the last.
 */
export class QueryBatches {
  #waiting: Waiting[] = [];

  /**
   * Answers a request: at once where the model cannot prepare several, else at the end of the turn.
   * @param context what the model is told of the request beforehand
   */
  answer<T>(loaded: LoadedModel, context: () => QueryContext, respond: () => T): T | Promise<T> {
    if (loaded.model.prepare === undefined) return respond();
    return new Promise<T>((resolve, reject) => {
      const settle = (): void => {
        try {
          resolve(respond());
        } catch (error) {
          reject(error);
        }
      };
      // The first of a turn schedules the answers of all.
      if (this.#waiting.length === 0) setImmediate(() => this.#answerNext());
      this.#waiting.push({ loaded, context: context(), settle, refuse: reject });
    });
  }

  /** Answers the request that has waited longest, and those that its model prepares together with it. */
  #answerNext(): void {
    const { loaded } = this.#waiting[0]!;
    const alike = this.#waiting.filter((one) => one.loaded === loaded);
    let settled = alike.slice(0, 1);
    try {
      if (alike.length > 1)
        settled = alike.slice(0, Math.max(1, loaded.model.prepare!(alike.map(({ context }) => context))));
      for (const { settle } of settled) settle();
    } catch (error) {
      for (const { refuse } of settled) refuse(error);
    }
    const done = new Set(settled);
    this.#waiting = this.#waiting.filter((one) => !done.has(one));
    if (this.#waiting.length > 0) setImmediate(() => this.#answerNext());
  }
}
