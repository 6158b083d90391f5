/**
 * A new name for a job: what it is about and when it was started, "interactions-20260131-101500-123".
 * @param now milliseconds since 1970
 */
export function jobNameFor(what: string, now = Date.now()): string {
  const time = new Date(now).toISOString().replace(/[-:]/g, "").replace("T", "-").replace(".", "-").replace("Z", "");
  return `${what.toLowerCase().replaceAll("_", "-")}-${time}`;
}
