import type { EngineKind, EngineStep, ResolvedOptions } from "./options.js";
import type { ProcessExit } from "./engine-process.js";

/** One step of the resolution chain: it looks for its engine, and can start what it found. */
export interface Engine {
  readonly step: EngineStep;
  readonly kind: EngineKind;
  /** Makes the engine ready to start, which may compile or download it, or says why it cannot be had. */
  prepare(options: ResolvedOptions): Promise<PreparedEngine | UnavailableEngine>;
}

/** Why a step is passed over; see FailedAttempt for the wording. */
export interface UnavailableEngine {
  readonly available: false;
  readonly reason: string;
  readonly remedy: string;
}

/** An engine that can be started. */
export interface PreparedEngine {
  readonly available: true;
  /** The server's own version, such as "8.2.6"; "" when only a running server can tell. */
  readonly version: string;
  /** Name of the layout of its data directory; engines of one kind and format can take over from each other. */
  readonly format: string;
  /** Starts the server on `directory`, or connects, and returns when it answers. */
  start(directory: string): Promise<StartedEngine>;
}

/** A server that answers. */
export interface StartedEngine {
  readonly uri: string;
  /** Process id; undefined for a server that is not ours. */
  readonly pid: number | undefined;
  /** Settles when the process has ended, for whatever reason; never for a server that is not ours. */
  readonly exited: Promise<ProcessExit>;
  /** Stops the process cleanly and waits for its end; does nothing to a server that is not ours. */
  stop(): Promise<void>;
}

/** Shorthand for an UnavailableEngine. */
export function unavailable(reason: string, remedy: string): UnavailableEngine {
  return { available: false, reason, remedy };
}
