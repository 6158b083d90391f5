import { instruments, metricsState } from "@palate/telemetry";
import type { Caller } from "../access/caller.js";

/** Lists of an answer by the names that answers give them: what a caller was given is counted by item. */
const LISTS = ["edges", "nodes"] as const;

/** Counts an answered root field, and the entries of its list, for who asked. */
export function countForCaller(caller: Caller, args: Readonly<Record<string, unknown>>, value: unknown): void {
  if (!metricsState.on) return;
  const { kind, id } = caller;
  const group = groupOf(args);
  instruments.callerFields.add(1, kind, id, group);
  const items = itemsIn(value);
  if (items > 0) instruments.callerItems.add(items, kind, id, group);
}

/** The dataset group that a field's arguments name; empty where they name none. */
function groupOf(args: Readonly<Record<string, unknown>>): string {
  const input = args["input"] as Readonly<Record<string, unknown>> | undefined;
  const group = args["datasetGroup"] ?? input?.["datasetGroup"];
  return typeof group === "string" ? group : "";
}

function itemsIn(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  for (const name of LISTS) {
    const list = (value as Readonly<Record<string, unknown>>)[name];
    if (Array.isArray(list)) return list.length;
  }
  return 0;
}
