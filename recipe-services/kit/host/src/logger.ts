import { activeSpan } from "@palate/telemetry";
import { pino, type Logger } from "pino";

export type { Logger };

/** The recorded trace that a line belongs to, by which the line is found from the trace and the other way round. */
function traceFields(): object {
  const span = activeSpan();
  return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
}

/**
 * A logger that writes one JSON object a line to standard error (standard output belongs to a command's answer).
 * @param name the process, as the `name` field of every line
 * @param level least severity written
 */
export function createLogger(name: string, level: string = "info"): Logger {
  return pino(
    { name, level, timestamp: pino.stdTimeFunctions.isoTime, base: { name, pid: process.pid }, mixin: traceFields },
    pino.destination({ dest: 2, sync: true }),
  );
}
