import { instruments } from "./metrics/instruments.js";
import type { Span } from "./tracing/span.js";
import { startSpan } from "./tracing/tracer.js";

/** Measures the phases of a job, one after the other; in a recorded trace each has a span within the one that is active. */
export class JobPhases {
  readonly #job: string;
  #phase = "";
  #startedAt = 0;
  #span: Span | undefined;

  /** @param job what jobs of the kind are called in metrics: "import" */
  constructor(job: string) {
    this.#job = job;
  }

  /** Ends the phase before and begins this one, unless it has begun already. */
  enter(phase: string): void {
    if (phase === this.#phase) return;
    this.end();
    this.#phase = phase;
    this.#startedAt = performance.now();
    this.#span = startSpan(`palate.job.phase ${phase}`, { "palate.job.kind": this.#job });
  }

  /** Ends the last phase. */
  end(): void {
    if (this.#phase === "") return;
    const seconds = (performance.now() - this.#startedAt) / 1_000;
    instruments.jobPhaseDuration.record(seconds, this.#span, this.#job, this.#phase);
    this.#span?.end();
    this.#phase = "";
  }
}
