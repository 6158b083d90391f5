import type { Moment } from "../recipe/index.js";
import type { LoadedModel } from "./serving-hub.js";

/** An answer that is waited for. */
interface Waiting {
  readonly moment: Moment;
  /** Answers, or says why not; never throws. */
  readonly settle: () => void;
  readonly refuse: (reason: unknown) => void;
}

/**
 * Lets requests that arrive in the same turn of the event loop have in common what a model can do for several at once. They
 * are answered at the end of that turn, so that one that is alone does not wait for others.
 */
export class QueryBatches {
  readonly #waiting = new Map<LoadedModel, Waiting[]>();

  /**
   * Answers a request: at once where the model makes nothing of several, else at the end of the turn.
   * @param moment what the model is told of the request beforehand
   */
  answer<T>(loaded: LoadedModel, moment: () => Moment, respond: () => T): T | Promise<T> {
    if (loaded.model.prepare === undefined) return respond();
    return new Promise<T>((resolve, reject) => {
      const settle = (): void => {
        try {
          resolve(respond());
        } catch (error) {
          reject(error);
        }
      };
      // The first of a turn sees to it that they are answered.
      if (this.#waiting.size === 0) setImmediate(() => this.#answerAll());
      const others = this.#waiting.get(loaded);
      const one = { moment: moment(), settle, refuse: reject };
      if (others) others.push(one);
      else this.#waiting.set(loaded, [one]);
    });
  }

  #answerAll(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const [{ model }, requests] of waiting) {
      for (let from = 0; from < requests.length;) {
        const rest = requests.slice(from);
        let taken = 1;
        try {
          if (rest.length > 1) taken = Math.max(1, model.prepare!(rest.map(({ moment }) => moment)));
        } catch (error) {
          for (const { refuse } of rest) refuse(error);
          break;
        }
        for (const { settle } of rest.slice(0, taken)) settle();
        from += taken;
      }
    }
  }
}
