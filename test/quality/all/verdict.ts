import type { Outcome } from "../protocol.js";
import type { Gate, Row } from "../rows/row.js";
import type { RowResult } from "./row-results.js";
import { spreadOf, type Spread } from "./statistics.js";

/** How a row stands to one of its gates. */
export interface GateVerdict {
  readonly gate: Gate;
  /** Mean and spread of what was measured; undefined when the metric was not. */
  readonly measured: Spread | undefined;
  readonly passed: boolean;
  /** Whether the aim is reached as well; false where there is none. */
  readonly aimed: boolean;
  /** What is wrong, one reason each; empty when passed. */
  readonly reasons: readonly string[];
}

/** How a row stands. */
export interface RowVerdict {
  /** "incomplete" when nothing is missed so far, but not measured as the row says. */
  readonly state: "passed" | "incomplete" | "missed" | "failed" | "not run";
  readonly gates: readonly GateVerdict[];
  /** What is wrong beyond single gates, such as the time it took. */
  readonly reasons: readonly string[];
}

const shown = (value: number): string => value.toPrecision(3);

/** Names of the references that a gate is held against. */
function referencesOf({ beats }: Gate, outcomes: readonly Outcome[]): string[] {
  if (beats === undefined) return [];
  return beats.reference === "all" ? Object.keys(outcomes[0]?.references ?? {}) : [beats.reference];
}

/** What a gate's references reached on average, by name. */
function reachedBeside(gate: Gate, outcomes: readonly Outcome[]): { name: string; theirs: number | undefined }[] {
  return referencesOf(gate, outcomes).map((name) => ({
    name,
    theirs: spreadOf(outcomes.map(({ references }) => references[name]?.[gate.metric]))?.mean,
  }));
}

/** Whether a mean is better than a reference by a factor; less is better where there is an `atMost`. */
function isBetter({ atMost, beats }: Gate, mean: number, theirs: number, factor: number): boolean {
  if (beats?.orEqual === true && mean === factor * theirs) return true;
  return atMost === undefined ? mean > factor * theirs : mean < factor * theirs;
}

function missedReferences(gate: Gate, mean: number, outcomes: readonly Outcome[]): string[] {
  const { metric, beats } = gate;
  const factor = beats?.factor ?? 1;
  return reachedBeside(gate, outcomes).flatMap(({ name, theirs }) => {
    if (theirs === undefined) return [`${name} was not measured`];
    if (!isBetter(gate, mean, theirs, factor))
      return [`not ${factor === 1 ? "beyond" : `${factor} times`} ${name} (${shown(theirs)})`];
    if (beats?.beyondInterval !== true) return [];
    const beyond = outcomes.every(({ differences }) => (differences?.[name]?.[metric]?.[0] ?? 0) > 0);
    return beyond ? [] : [`within the 95 % interval of ${name}`];
  });
}

/** Whether everything that one would like is reached; false where nothing is asked for. */
function reachesAims(gate: Gate, mean: number, outcomes: readonly Outcome[]): boolean {
  const { atMost, aim, beats } = gate;
  const factor = beats?.aimFactor;
  if (aim === undefined && factor === undefined) return false;
  if (aim !== undefined && !(atMost === undefined ? mean >= aim : mean <= aim)) return false;
  return (
    factor === undefined ||
    reachedBeside(gate, outcomes).every(({ theirs = Number.NaN }) => isBetter(gate, mean, theirs, factor))
  );
}

/** Holds outcomes of several seeds against a gate. */
function judgeGate(gate: Gate, outcomes: readonly Outcome[]): GateVerdict {
  const { metric, atLeast, atMost } = gate;
  const measured = spreadOf(outcomes.map(({ metrics }) => metrics[metric]));
  if (measured === undefined)
    return { gate, measured, passed: false, aimed: false, reasons: [`${metric} was not measured`] };
  const { mean } = measured;
  const reasons = [
    ...(atLeast !== undefined && !(mean >= atLeast) ? [`below ${atLeast}`] : []),
    ...(atMost !== undefined && !(mean <= atMost) ? [`above ${atMost}`] : []),
    ...missedReferences(gate, mean, outcomes),
  ];
  const passed = reasons.length === 0;
  return { gate, measured, passed, aimed: passed && reachesAims(gate, mean, outcomes), reasons };
}

/** How a row stands to its gates, its time and its number of seeds. */
export function judgeRow(row: Row, result: RowResult | undefined): RowVerdict {
  if (result === undefined || (result.runs.length === 0 && Object.keys(result.failures).length === 0))
    return { state: "not run", gates: [], reasons: [] };
  const outcomes = result.runs.map(({ outcome }) => outcome);
  const failures = Object.entries(result.failures).map(([seed, message]) => `seed ${seed}: ${message}`);
  if (outcomes.length === 0) return { state: "failed", gates: [], reasons: failures };
  const gates = row.gates.map((gate) => judgeGate(gate, outcomes));
  const minutes = spreadOf(outcomes.map(({ trainingSeconds }) => trainingSeconds / 60))!.mean;
  const seeds = row.seeds ?? 3;
  const misses = [
    ...failures,
    ...(row.withinMinutes !== undefined && minutes > row.withinMinutes
      ? [`took ${minutes.toFixed(1)} minutes, more than ${row.withinMinutes}`]
      : []),
  ];
  const lacks = [
    ...(outcomes.length < seeds ? [`${outcomes.length} of ${seeds} seeds`] : []),
    ...(result.minutesScale !== 1 ? [`trained ${result.minutesScale} times as long as the row says`] : []),
  ];
  const missed = misses.length > 0 || gates.some((gate) => !gate.passed);
  const state = missed ? "missed" : lacks.length > 0 ? "incomplete" : "passed";
  return { state, gates, reasons: [...misses, ...lacks] };
}
