import { setTimeout as sleep } from "node:timers/promises";
import { instruments } from "../metrics/instruments.js";
import { otlpTraces } from "./otlp-message.js";
import type { Attributes, Span } from "./span.js";

/** Spans that wait at most; what comes while as many wait is dropped. */
const MOST_WAITING = 4_096;
/** Spans in one request. */
const BATCH = 512;
/** Answers after which the same request is sent again, as OTLP has it. */
const RETRYABLE = new Set([429, 502, 503, 504]);
const ATTEMPTS = 4;
const FIRST_RETRY_MS = 500;

/** Where spans go. */
export interface ExporterOptions {
  /** Address of the receiver: "http://127.0.0.1:4318/v1/traces". */
  readonly url: string;
  /** Headers of each request, such as a key. */
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds that a request may take. */
  readonly timeoutMs: number;
  /** Milliseconds between two requests while little is recorded. */
  readonly intervalMs: number;
  /** What is said of the process with every request: "service.name" and others. */
  readonly resource: Attributes;
  /** Told why spans were dropped, once until a request succeeds again. */
  readonly onProblem: (message: string) => void;
}

/** Sends spans to an OpenTelemetry receiver, as JSON by OTLP/HTTP, in batches. It never makes anybody wait. */
export class OtlpExporter {
  readonly #options: ExporterOptions;
  readonly #timer: NodeJS.Timeout;
  #waiting: Span[] = [];
  #sending: Promise<void> | undefined;
  #failing = false;
  #closed = false;

  constructor(options: ExporterOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.flush(), options.intervalMs);
    this.#timer.unref();
  }

  /** Takes a span that has ended. */
  add(span: Span): void {
    if (this.#waiting.length >= MOST_WAITING) {
      this.#dropped(1, "more spans are recorded than the receiver takes");
      return;
    }
    this.#waiting.push(span);
    if (this.#waiting.length >= BATCH) void this.flush();
  }

  /** Resolves when all that waits now has been sent, or dropped. */
  flush(): Promise<void> {
    this.#sending ??= this.#sendAll().finally(() => (this.#sending = undefined));
    return this.#sending;
  }

  /** Sends what waits, and stops. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#closed = true;
    await this.flush();
    await this.flush();
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const spans = this.#waiting.slice(0, BATCH);
      this.#waiting = this.#waiting.slice(BATCH);
      const problem = await this.#send(JSON.stringify(otlpTraces(this.#options.resource, spans)));
      if (problem !== undefined) {
        this.#dropped(spans.length, problem);
        continue;
      }
      this.#failing = false;
      instruments.spans.add(spans.length, "exported");
    }
  }

  /** Sends one request, again where that may help. Returns why it was in vain; undefined when it was not. */
  async #send(body: string): Promise<string | undefined> {
    const { url, headers, timeoutMs } = this.#options;
    for (let attempt = 1; ; attempt++) {
      let problem: string;
      try {
        const signal = AbortSignal.timeout(timeoutMs);
        const request = { method: "POST", headers: { "content-type": "application/json", ...headers }, body, signal };
        const response = await fetch(url, request);
        await response.arrayBuffer();
        if (response.ok) return undefined;
        problem = `the receiver at ${new URL(url).host} answered ${response.status}`;
        if (!RETRYABLE.has(response.status)) return problem;
      } catch (error) {
        const { message, cause } = error as Error;
        const why = cause instanceof Error ? cause.message || (cause as { code?: string }).code : undefined;
        problem = `the receiver at ${new URL(url).host} does not answer: ${why ?? message}`;
      }
      // One that is shutting down does not wait for a receiver that is gone.
      if (attempt === ATTEMPTS || this.#closed) return problem;
      await sleep(FIRST_RETRY_MS * 2 ** (attempt - 1), undefined, { ref: false });
    }
  }

  #dropped(spans: number, problem: string): void {
    instruments.spans.add(spans, "dropped");
    if (!this.#failing) this.#options.onProblem(problem);
    this.#failing = true;
  }
}
