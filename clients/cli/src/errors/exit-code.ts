/** What the exit code says; `palate --help` lists them. */
export const ExitCode = {
  /** It was done. */
  OK: 0,
  /** Palate refused it, or it failed. */
  FAILED: 1,
  /** The command line is not right. */
  USAGE: 2,
  /** The gateway, or a service behind it, does not answer. */
  UNREACHABLE: 3,
  /** Ctrl-C, as shells count it: 128 and the signal's number. */
  INTERRUPTED: 130,
} as const;

/** One of the codes. */
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
