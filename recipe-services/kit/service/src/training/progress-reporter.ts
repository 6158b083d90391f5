import type { Logger } from "@palate/host";
import type { Progress } from "@palate/recipe";
import type { Catalog, CurvePointRecord, StatisticsRecord } from "@palate/store";
import { JobPhases } from "@palate/telemetry";

const WRITE_EVERY_MS = 250;
const HEARTBEAT_MS = 2_000;
const MAX_POINTS = 500;

/** Keeps a version's progress document current: throttled, thinned, and written regularly as a heartbeat. */
export class ProgressReporter {
  readonly #catalog: Catalog;
  readonly #key: string;
  readonly #logger: Logger;
  readonly #startedAt = performance.now();
  readonly #heartbeat: NodeJS.Timeout;
  readonly #phases = new JobPhases("training");
  #latest: Progress = { phase: "reading", fraction: 0, message: "Starting." };
  #curve: CurvePointRecord[] = [];
  #statistics: StatisticsRecord | null = null;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<unknown> = Promise.resolve();
  /** Whether the last write failed, which is logged once. */
  #isFailing = false;

  constructor(catalog: Catalog, versionKey: string, logger: Logger) {
    this.#catalog = catalog;
    this.#key = versionKey;
    this.#logger = logger;
    this.#heartbeat = setInterval(() => this.#write(), HEARTBEAT_MS);
    this.#write();
  }

  /** Seconds since training began. */
  get seconds(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }

  /** Takes a report; it is written within a quarter of a second. */
  report(progress: Progress): void {
    this.#latest = progress;
    this.#phases.enter(progress.phase);
    for (const point of progress.points ?? []) {
      if (Number.isFinite(point.value)) this.#curve.push({ seconds: this.seconds, ...point });
    }
    if (this.#curve.length > MAX_POINTS) this.#curve = thinned(this.#curve);
    this.#timer ??= setTimeout(() => this.#write(), WRITE_EVERY_MS);
  }

  /** Says what the model is trained on. */
  describe(statistics: StatisticsRecord): void {
    this.#statistics = statistics;
  }

  /** Writes the last report and stops. */
  async close(): Promise<void> {
    clearInterval(this.#heartbeat);
    this.#phases.end();
    this.#write();
    await this.#writing;
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { phase, fraction, message } = this.#latest;
    const secondsLeft = fraction > 0.02 ? (this.seconds * (1 - fraction)) / fraction : null;
    const document = {
      _id: this.#key,
      phase,
      fraction: Math.min(1, Math.max(0, fraction)),
      message,
      secondsLeft,
      curve: [...this.#curve],
      statistics: this.#statistics,
      reportedAt: Date.now(),
    };
    this.#writing = this.#writing
      .then(() => this.#catalog.writeProgress(document))
      .then(
        () => (this.#isFailing = false),
        (error: unknown) => {
          if (!this.#isFailing) this.#logger.warn({ err: error }, "progress cannot be written; trying on");
          this.#isFailing = true;
        },
      );
  }
}

/** Every other point of each series, so that the newest detail and the shape of the whole both stay. */
function thinned(curve: readonly CurvePointRecord[]): CurvePointRecord[] {
  const seen = new Map<string, number>();
  return curve.filter((point) => {
    const index = seen.get(point.series) ?? 0;
    seen.set(point.series, index + 1);
    return index % 2 === 0;
  });
}
