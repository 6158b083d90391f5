import { performance } from "node:perf_hooks";
import { newSpanId } from "./ids.js";
import type { TraceContext } from "./trace-context.js";

/** What part a span has in a call, by OTLP's numbers. */
export const SpanKind = { internal: 1, server: 2, client: 3 } as const;

/** A value of {@link SpanKind}. */
export type SpanKindNumber = (typeof SpanKind)[keyof typeof SpanKind];

/** Values of a span's attributes; undefined leaves one out. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** A piece of work within a recorded trace. */
export class Span implements TraceContext {
  readonly sampled = true;
  readonly traceId: string;
  readonly spanId = newSpanId();
  /** Id of the span that it is part of; undefined for a trace's first. */
  readonly parentId: string | undefined;
  readonly traceState: string | undefined;
  readonly name: string;
  readonly kind: SpanKindNumber;
  /** Milliseconds since the process's time origin. */
  readonly startedAt = performance.now();
  endedAt = 0;
  attributes: Attributes;
  /** What kind of failure ended it, without ids of users or items; undefined when it did not fail. */
  failure: string | undefined;
  readonly #ended: (span: Span) => void;

  /** @param ended is given the span when it ends */
  constructor(
    about: { readonly name: string; readonly kind: SpanKindNumber; readonly attributes: Attributes },
    traceId: string,
    parent: TraceContext | undefined,
    ended: (span: Span) => void,
  ) {
    this.name = about.name;
    this.kind = about.kind;
    this.attributes = about.attributes;
    this.traceId = traceId;
    this.parentId = parent?.spanId;
    this.traceState = parent?.traceState;
    this.#ended = ended;
  }

  /** Adds attributes. */
  set(attributes: Attributes): void {
    this.attributes = { ...this.attributes, ...attributes };
  }

  /** Says that the work failed, and in what way. */
  fail(kind: string): void {
    this.failure = kind;
  }

  /** Ends it; later calls do nothing. */
  end(): void {
    if (this.endedAt > 0) return;
    this.endedAt = performance.now();
    this.#ended(this);
  }
}
