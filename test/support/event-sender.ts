import type { ClientDuplexStream } from "@grpc/grpc-js";
import { createClient } from "@palate/host";
import {
  DatasetServiceClient,
  type Interaction,
  type StreamEventsRequest,
  type StreamEventsResponse,
} from "@palate/proto/dataset";

/** Wait before a stream that ended is opened anew. */
const RETRY_MS = 20;

/**
 * A client of StreamEvents as it ought to be: it keeps every message until it is answered, and sends those that were not
 * when the stream breaks. With event ids, each event then counts once, whatever happens on the other side.
 */
export class EventSender {
  readonly #client: DatasetServiceClient;
  readonly #group: string;
  readonly #answered: (events: readonly Interaction[], response: StreamEventsResponse) => void;
  /** Messages without an answer, oldest first. */
  readonly #open: Interaction[][] = [];
  #call: ClientDuplexStream<StreamEventsRequest, StreamEventsResponse> | undefined;
  #wake: () => void = () => {};
  #closed = false;
  #timer: NodeJS.Timeout | undefined;
  /** Streams that broke. */
  breaks = 0;

  /**
   * @param address "host:port" of the datasets service
   * @param answered told of every message that is durable or was refused
   */
  constructor(
    address: string,
    group: string,
    answered: (events: readonly Interaction[], response: StreamEventsResponse) => void,
  ) {
    this.#client = createClient(DatasetServiceClient, address);
    this.#group = group;
    this.#answered = answered;
  }

  /** Sends one message. Resolves when there is room for another: when few are unanswered and the connection takes more. */
  async send(events: Interaction[]): Promise<void> {
    this.#open.push(events);
    const call = this.#connect();
    const more = call === undefined || call.write(this.#message(events));
    while (!this.#closed && this.#open.length >= 32) await this.#changed();
    if (!more) await this.#changed();
  }

  /** Resolves when everything is answered. */
  async answered(): Promise<void> {
    while (this.#open.length > 0 && !this.#closed) await this.#changed();
  }

  /** Lets go of the connection, and of what is unanswered. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#call?.cancel();
    this.#client.close();
    this.#wake();
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => {
      const before = this.#wake;
      this.#wake = () => {
        before();
        resolve();
      };
    });
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = () => {};
    wake();
  }

  #message(interactions: Interaction[]): StreamEventsRequest {
    return { datasetGroup: this.#group, interactions, actionInteractions: [] };
  }

  /** The stream to write to; undefined while it is being opened anew, which sends what is unanswered. */
  #connect(): ClientDuplexStream<StreamEventsRequest, StreamEventsResponse> | undefined {
    if (this.#call || this.#timer || this.#closed) return this.#call;
    const call = this.#client.streamEvents();
    this.#call = call;
    call.on("data", (response: StreamEventsResponse) => {
      if (this.#call !== call) return;
      const events = this.#open.shift()!;
      this.#answered(events, response);
      this.#notify();
    });
    call.on("drain", () => this.#notify());
    call.on("error", () => this.#retry(call));
    call.on("end", () => this.#retry(call));
    return call;
  }

  #retry(call: ClientDuplexStream<StreamEventsRequest, StreamEventsResponse>): void {
    if (this.#call !== call || this.#closed) return;
    this.breaks++;
    this.#call = undefined;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const again = this.#connect();
      for (const events of this.#open) again?.write(this.#message(events));
      this.#notify();
    }, RETRY_MS);
    this.#notify();
  }
}
