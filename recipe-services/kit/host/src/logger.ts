import { pino, type Logger } from "pino";

export type { Logger };

/**
 * A logger that writes one JSON object a line to standard error (standard output belongs to a command's answer).
 * @param name the process, as the `name` field of every line
 * @param level least severity written
 */
export function createLogger(name: string, level: string = "info"): Logger {
  return pino(
    { name, level, timestamp: pino.stdTimeFunctions.isoTime, base: { name, pid: process.pid } },
    pino.destination({ dest: 2, sync: true }),
  );
}
