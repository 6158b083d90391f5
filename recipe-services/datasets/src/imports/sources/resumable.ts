import { PalateError, unavailable } from "@palate/host";

/** An answer to a request for the bytes of a file from some place on. */
export interface RemotePart {
  /** The bytes from that place on. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Bytes of the whole file; undefined when the server does not say. */
  readonly total: number | undefined;
  /** What names this version of the file; undefined when it has no name, and reading cannot go on after a break. */
  readonly version: string | undefined;
}

/**
 * Asks for a file from byte `offset` on. With `version`, an answer about another version must be refused by throwing a
 * PalateError; errors of any other kind are taken for breaks of the connection.
 */
export type OpenPart = (offset: number, version: string | undefined) => Promise<RemotePart>;

/** Times a read is tried again without a byte having arrived in between. */
const MAX_ATTEMPTS = 5;

/** Pause before the first new attempt in milliseconds; it doubles. */
const FIRST_PAUSE_MS = 200;

/** Opens a remote file, again when that fails for now. Throws PalateErrors at once, `unavailable` in the end. */
export async function openPatiently(what: string, open: () => Promise<RemotePart>, signal: AbortSignal) {
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    try {
      return await open();
    } catch (thrown) {
      if (thrown instanceof PalateError || signal.aborted) throw thrown;
      if (attempt >= MAX_ATTEMPTS) throw broken(what, thrown);
      await pause(FIRST_PAUSE_MS * 2 ** (attempt - 1), signal);
    }
  }
}

/**
 * The bytes of a remote file. A connection that breaks is made anew and the reading goes on where it was, as long as the
 * file is still the same version.
 * @param first the answer to the request for the whole file
 */
export async function* resumable(
  what: string,
  first: RemotePart,
  open: OpenPart,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  let offset = 0;
  let part = first;
  for (let attempt = 1; ; attempt++) {
    let failure: unknown;
    try {
      for await (const chunk of part.body) {
        signal.throwIfAborted();
        offset += chunk.length;
        attempt = 1;
        yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
      }
      if (first.total === undefined || offset >= first.total) return;
      failure = new Error(`${offset} of ${first.total} bytes arrived`);
    } catch (thrown) {
      if (thrown instanceof PalateError || signal.aborted) throw thrown;
      failure = thrown;
    }
    if (first.version === undefined || attempt >= MAX_ATTEMPTS) throw broken(what, failure);
    await pause(FIRST_PAUSE_MS * 2 ** (attempt - 1), signal);
    part = await openPatiently(what, () => open(offset, first.version), signal);
  }
}

function broken(what: string, cause: unknown): PalateError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return unavailable(`${what} cannot be read: ${reason.slice(0, 300)}. Start the import again.`);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal.addEventListener("abort", stop, { once: true });
  });
}
