import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import process from "node:process";
import { instruments } from "./instruments.js";

const NANOSECONDS = 1e9;
/** Milliseconds between two looks at the event loop's delay. */
const RESOLUTION_MS = 20;

/** Who the process is. */
export interface ServiceIdentity {
  /** Its name: "palate-gateway". */
  readonly name: string;
  /** Its version. */
  readonly version: string;
  /** What tells it from others of its name. */
  readonly instance: string;
}

/** Observes the process itself until the returned function is called. */
export function observeProcess({ name, version, instance }: ServiceIdentity): () => void {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  let before = performance.eventLoopUtilization();
  const stops = [
    instruments.target.observe((tell) => tell(1, name, version, instance)),
    instruments.processUptime.observe((tell) => tell(process.uptime())),
    instruments.processCpu.observe((tell) => {
      const { user, system } = process.cpuUsage();
      tell(user / 1e6, "user");
      tell(system / 1e6, "system");
    }),
    instruments.processMemory.observe((tell) => tell(process.memoryUsage.rss())),
    instruments.heapUsed.observe((tell) => tell(process.memoryUsage().heapUsed)),
    // The delay is measured as the time between two looks, which is never less than the resolution.
    instruments.eventLoopDelayMean.observe((tell) => tell(overResolution(delay.mean))),
    instruments.eventLoopDelayP99.observe((tell) => tell(overResolution(delay.percentile(99)))),
    instruments.eventLoopDelayMax.observe((tell) => {
      tell(overResolution(delay.max));
      delay.reset();
    }),
    instruments.eventLoopUtilization.observe((tell) => {
      const now = performance.eventLoopUtilization();
      tell(performance.eventLoopUtilization(now, before).utilization);
      before = now;
    }),
  ];
  return () => {
    for (const stop of stops) stop();
    delay.disable();
  };
}

/** What a measured interval, in nanoseconds, has above the resolution, in seconds; 0 before there is any. */
function overResolution(nanoseconds: number): number {
  return Number.isFinite(nanoseconds) ? Math.max(0, nanoseconds / NANOSECONDS - RESOLUTION_MS / 1_000) : 0;
}
