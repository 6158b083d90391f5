import { Failure, type Problem } from "../errors/failure.js";
import type { InteractionInput } from "../operations/events.js";
import type { Session } from "../session/session.js";
import type { Line } from "./batches.js";
import { LineProblem, readEvent } from "./read-event.js";
import { sendBatch } from "./send-batch.js";

/** What has been sent so far. */
export interface Sent {
  /** Lines that were acknowledged. */
  acknowledged: number;
  /** Events among them that were recorded now. */
  recorded: number;
  /** Events among them that had been recorded before. */
  repeated: number;
  /** Lines that were refused. */
  refused: number;
}

/** How events are sent. */
export interface SenderOptions {
  readonly datasetGroup: string;
  /** Milliseconds that the gateway may be away. */
  readonly patienceMs: number;
  /** Whether to leave out lines that are refused, instead of stopping at the first. */
  readonly keepGoing: boolean;
}

/** A line with its event. */
interface Read {
  readonly line: Line;
  readonly event: InteractionInput;
}

/** Sends lines as events and counts what becomes of them. */
export class EventSender {
  readonly sent: Sent = { acknowledged: 0, recorded: 0, repeated: 0, refused: 0 };
  readonly #session: Session;
  readonly #options: SenderOptions;

  constructor(session: Session, options: SenderOptions) {
    this.#session = session;
    this.#options = options;
  }

  /**
   * Sends a batch of lines and waits until it is durable.
   * @throws Failure naming the line when one is refused, unless refused lines are to be left out
   */
  async send(lines: readonly Line[]): Promise<void> {
    const read: Read[] = [];
    for (const line of lines) {
      try {
        read.push({ line, event: readEvent(line) });
      } catch (thrown) {
        if (!(thrown instanceof LineProblem)) throw thrown;
        // What came before the line is recorded first, so that one can go on behind it.
        if (!this.#options.keepGoing) await this.#deliver(read);
        this.#refuse([{ field: `line ${line.number}`, message: thrown.message }]);
      }
    }
    await this.#deliver(read);
  }

  async #deliver(read: readonly Read[]): Promise<void> {
    if (read.length === 0) return;
    const { datasetGroup, patienceMs } = this.#options;
    const { api, out } = this.#session;
    const events = read.map(({ event }) => event);
    try {
      const { recorded, cursor } = await sendBatch(api, datasetGroup, events, patienceMs, (failure) =>
        out.note(`${failure.message} Trying again; nothing is lost or recorded twice.`),
      );
      this.sent.acknowledged += read.length;
      this.sent.recorded += recorded;
      this.sent.repeated += read.length - recorded;
      const lines = { from: read[0]?.line.number, to: read.at(-1)?.line.number };
      if (out.json) out.record({ lines, recorded, repeated: read.length - recorded, cursor }, () => "");
    } catch (thrown) {
      const refused = refusedPlaces(thrown);
      if (refused.size === 0) throw thrown;
      const problems = [...refused].map(([at, { field, message }]) => {
        return { field: `line ${read[at]?.line.number ?? "?"}${field === null ? "" : `, ${field}`}`, message };
      });
      // The batch was refused as a whole, so its other lines have yet to be recorded.
      const first = Math.min(...refused.keys());
      const others = this.#options.keepGoing ? read.filter((_, at) => !refused.has(at)) : read.slice(0, first);
      await this.#deliver(others);
      this.#refuse(problems);
    }
  }

  #refuse(problems: readonly Problem[]): void {
    this.sent.refused += problems.length;
    if (!this.#options.keepGoing) {
      const [problem] = problems;
      throw new Failure("BAD_USER_INPUT", `${problem?.field ?? "A line"}: ${problem?.message ?? "it was refused"}`, {
        hint: `${this.sent.acknowledged} events before it are recorded. --keep-going leaves out lines that are refused.`,
      });
    }
    for (const { field, message } of problems) this.#session.out.warn(`${field ?? ""}: ${message}`);
  }
}

/** Which events of a batch were refused, by their place in it, and why. */
function refusedPlaces(thrown: unknown): ReadonlyMap<number, Problem> {
  const found = new Map<number, Problem>();
  if (!(thrown instanceof Failure)) return found;
  for (const { field, message } of [...thrown.problems, ...problemsInWords(thrown.message)]) {
    const place = /^(?:input\.)?interactions\[(\d+)\]\.?(.*)$/.exec(field ?? "");
    if (place && !found.has(Number(place[1]))) found.set(Number(place[1]), { field: place[2] || null, message });
  }
  return found;
}

/** GraphQL tells the place of a value that is of the wrong type in the message alone. */
function problemsInWords(message: string): Problem[] {
  const told = /at "(input\.interactions\[\d+\][^"]*)"; ([^]*)$/.exec(message);
  return told ? [{ field: told[1] ?? null, message: told[2] ?? message }] : [];
}
