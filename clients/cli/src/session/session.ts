import type { Gateway } from "../api/gateway.js";
import type { Output } from "../output/output.js";

/** What a command works with. */
export interface Session {
  /** The gateway's API. */
  readonly api: Gateway;
  /** Where it tells its user of it. */
  readonly out: Output;
  /** Aborted when the user presses Ctrl-C. */
  readonly signal: AbortSignal;
  /** Where it reads what is piped into it. */
  readonly stdin: NodeJS.ReadStream;
}

/** Options that every command has. */
export interface CommonOptions {
  readonly url: string;
  /** API key. */
  readonly key?: string;
  readonly json?: boolean;
  /** Seconds within which the gateway has to answer. */
  readonly timeout: number;
}

/** Options of commands that are about a dataset group. */
export interface GroupOptions extends CommonOptions {
  readonly group?: string;
}

/** Does a command's work with a session for its options; failures are told to the user. */
export type Run = <Options extends CommonOptions>(
  options: Options,
  work: (session: Session) => Promise<void>,
) => Promise<void>;
