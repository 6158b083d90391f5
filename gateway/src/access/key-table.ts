import { isRole, withIncluded, type Logger } from "@palate/host";
import type { ApiKeyHash, ApiKeyServiceClient } from "@palate/proto/dataset";
import { timingSafeEqual } from "node:crypto";
import { ITSELF } from "../clients/asking.js";
import type { ServiceLink } from "../clients/service-link.js";
import type { Caller } from "./caller.js";
import { hashOfKey } from "./key-hash.js";

/** Milliseconds between looks at which keys there are: so long may one that was deleted still be taken. */
const REFRESH_MS = 2_000;
/** Shortest time between two looks that unknown keys ask for: a stream of wrong ones must not become load. */
const MIN_REFRESH_MS = 500;
const DEADLINE_MS = 2_000;

const KEY = /^palate_([0-9a-f]{16})_[\w-]{43}$/;

interface Entry {
  readonly hash: Uint8Array;
  readonly previousHash: Uint8Array;
  /** Unix times in milliseconds; 0 means never. */
  readonly expiresAtMs: number;
  readonly previousExpiresAtMs: number;
  readonly caller: Caller;
  /** All of it as text, to see whether it is still the same. */
  readonly text: string;
}

/**
 * The API keys that there are, by their hashes. It is kept current beside requests, so that none waits for it; while the datasets
 * service is away it goes on with what it knows.
 */
export class KeyTable {
  readonly #link: ServiceLink<ApiKeyServiceClient>;
  readonly #logger: Logger;
  #entries: ReadonlyMap<string, Entry> = new Map();
  #running: Promise<void> | undefined;
  #queued: Promise<void> | undefined;
  #startedAtMs = -Infinity;
  #failed = false;
  readonly #timer: NodeJS.Timeout;

  constructor(link: ServiceLink<ApiKeyServiceClient>, logger: Logger) {
    this.#link = link;
    this.#logger = logger;
    this.#timer = setInterval(() => void this.#refresh(), REFRESH_MS).unref();
    void this.#refresh();
  }

  /** Whether a credential has the form of an API key. */
  isKey(credential: string): boolean {
    return KEY.test(credential);
  }

  /** Who calls with a key; undefined when it is not known, or not good any more. One not heard of is looked for first. */
  callerOf(key: string): Caller | Promise<Caller | undefined> {
    return this.#check(key) ?? this.#refreshAfterNow().then(() => this.#check(key));
  }

  /** Looks at which keys there are, or joins the look that is under way. Never rejects. */
  #refresh(): Promise<void> {
    return (this.#running ??= this.#read().finally(() => (this.#running = undefined)));
  }

  /** A look that begins after this call, shared by all who ask meanwhile. */
  #refreshAfterNow(): Promise<void> {
    this.#queued ??= (async () => {
      await this.#running;
      const wait = this.#startedAtMs + MIN_REFRESH_MS - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      this.#queued = undefined;
      await this.#refresh();
    })();
    return this.#queued;
  }

  /** Stops looking. */
  close(): void {
    clearInterval(this.#timer);
  }

  #check(key: string): Caller | undefined {
    const entry = this.#entries.get(KEY.exec(key)?.[1] ?? "");
    if (entry === undefined) return undefined;
    const now = Date.now();
    if (entry.expiresAtMs !== 0 && now >= entry.expiresAtMs) return undefined;
    const hash = hashOfKey(key);
    if (same(hash, entry.hash)) return entry.caller;
    return now < entry.previousExpiresAtMs && same(hash, entry.previousHash) ? entry.caller : undefined;
  }

  async #read(): Promise<void> {
    this.#startedAtMs = performance.now();
    try {
      const { client } = this.#link;
      const { keys } = await this.#link.call(client.readApiKeyHashes, {}, ITSELF, DEADLINE_MS);
      this.#entries = new Map(
        keys.flatMap((row) => (row.apiKey ? [[row.apiKey.id, this.#entryOf(row)] as const] : [])),
      );
      if (this.#failed) this.#logger.info("API keys are read again");
      this.#failed = false;
    } catch (thrown) {
      if (!this.#failed) this.#logger.warn({ err: thrown }, "API keys cannot be read; going on with those known");
      this.#failed = true;
    }
  }

  /** The caller stays the same object while the key is the same, for what is remembered of it. */
  #entryOf({ apiKey, hash, previousHash }: ApiKeyHash): Entry {
    const { id, name, roles, datasetGroups, allDatasetGroups, expiresAtMs, previousExpiresAtMs } = apiKey!;
    const text = JSON.stringify([apiKey, Buffer.from(hash).toString("hex")]);
    const known = this.#entries.get(id);
    if (known?.text === text) return known;
    const groups = allDatasetGroups ? "all" : new Set(datasetGroups);
    const caller: Caller = { kind: "apiKey", id, name, roles: withIncluded(roles.filter(isRole)), groups };
    return { hash, previousHash, expiresAtMs, previousExpiresAtMs, caller, text };
  }
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
