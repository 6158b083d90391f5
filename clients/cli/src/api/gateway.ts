import { Failure, interrupted } from "../errors/failure.js";
import { ExitCode } from "../errors/exit-code.js";
import type { Operation, UserError } from "./operation.js";
import { failureOf, failureOfUserErrors, type GraphqlError } from "./graphql-errors.js";
import { withTimeLimit } from "./time-limit.js";

/** How to reach a gateway. */
export interface GatewayOptions {
  /** Its address, "http://127.0.0.1:4000". */
  readonly url: string;
  /** API key to say who asks by; none where the gateway asks nobody. */
  readonly key?: string | undefined;
  /** Milliseconds within which it has to answer. */
  readonly timeoutMs: number;
  /** Ends what is under way when the user wants it ended. */
  readonly signal: AbortSignal;
}

/** An answer of which parts may be missing, because a service behind the gateway is down. */
export interface PartialAnswer<Data> {
  readonly data: Data;
  readonly errors: readonly GraphqlError[];
}

/** Milliseconds that putting things in order after Ctrl-C may take. */
const CLEANUP_MS = 5_000;

interface Response<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly GraphqlError[];
}

/** The public API of a gateway: GraphQL, uploads and downloads. */
export class Gateway {
  readonly url: string;
  readonly signal: AbortSignal;
  readonly #key: string | undefined;
  readonly #timeoutMs: number;

  constructor({ url, key, timeoutMs, signal }: GatewayOptions) {
    this.url = url.replace(/\/+$/, "");
    this.#key = key;
    this.#timeoutMs = timeoutMs;
    this.signal = signal;
  }

  /** Headers that say who asks. */
  get credentials(): Readonly<Record<string, string>> {
    return this.#key === undefined ? {} : { authorization: `Bearer ${this.#key}` };
  }

  /** The same API, whose requests another signal ends. */
  withSignal(signal: AbortSignal, timeoutMs = this.#timeoutMs): Gateway {
    return new Gateway({ url: this.url, key: this.#key, timeoutMs, signal });
  }

  /** The same API for what has to be put in order after Ctrl-C; it has a few seconds. */
  afterInterrupt(): Gateway {
    return this.withSignal(AbortSignal.timeout(CLEANUP_MS), CLEANUP_MS);
  }

  /**
   * Runs an operation and returns its data.
   * @throws Failure with what the gateway said, or that it does not answer
   */
  async ask<Data, Variables>(operation: Operation<Data, Variables>, variables: Variables): Promise<Data> {
    const { data, errors } = await this.#post<Data>(operation.document, variables);
    if (errors?.length) throw failureOf(errors);
    if (!data) throw new Failure("NO_ANSWER", `The gateway at ${this.url} sent neither data nor errors.`);
    return data;
  }

  /** Runs an operation and returns what there is of its data, with the errors of the rest. */
  async askPartly<Data, Variables>(
    operation: Operation<Data, Variables>,
    variables: Variables,
  ): Promise<PartialAnswer<Data>> {
    const { data, errors = [] } = await this.#post<Data>(operation.document, variables);
    if (!data) throw failureOf(errors);
    return { data, errors };
  }

  /**
   * Runs a mutation of one field and returns its payload.
   * @param accepted codes of user errors that are no failure: "ALREADY_EXISTS" where something may be there already
   * @throws Failure with every user error
   */
  async change<Name extends string, Result, Input>(
    mutation: Operation<Readonly<Record<Name, Result & { userErrors: readonly UserError[] }>>, { input: Input }>,
    input: Input,
    accepted: readonly string[] = [],
  ): Promise<Result & { userErrors: readonly UserError[] }> {
    const data = await this.ask(mutation, { input });
    const [payload] = Object.values<Result & { userErrors: readonly UserError[] }>(data);
    if (!payload) throw new Failure("NO_ANSWER", `The gateway at ${this.url} sent neither data nor errors.`);
    const refused = payload.userErrors.filter(({ code }) => !accepted.includes(code));
    if (refused.length > 0) throw failureOfUserErrors(refused);
    return payload;
  }

  /**
   * Makes a request of the gateway: a path such as "/uploads", or an address that it handed out.
   * @param init as of fetch; it ends with the user's Ctrl-C
   * @throws Failure when nobody answers
   */
  async fetch(path: string, init: RequestInit = {}): Promise<globalThis.Response> {
    try {
      const address = new URL(path, `${this.url}/`);
      // A key is nobody's business but the gateway's.
      const known = address.origin === new URL(this.url).origin ? this.credentials : {};
      const headers = { ...known, ...(init.headers as Readonly<Record<string, string>> | undefined) };
      return await fetch(address, { signal: this.signal, ...init, headers });
    } catch (cause) {
      throw this.#unanswered(cause);
    }
  }

  #post<Data>(query: string, variables: unknown): Promise<Response<Data>> {
    return withTimeLimit(this.signal, this.#timeoutMs, (signal) => this.#postUntil<Data>(signal, query, variables));
  }

  async #postUntil<Data>(signal: AbortSignal, query: string, variables: unknown): Promise<Response<Data>> {
    const headers = { "content-type": "application/json", accept: "application/json" };
    const body = JSON.stringify({ query, variables });
    const response = await this.fetch("/graphql", { method: "POST", headers, body, signal });
    try {
      const text = await response.text();
      return parseAnswer<Data>(text) ?? this.#refuseStranger(response);
    } catch (cause) {
      throw cause instanceof Failure ? cause : this.#unanswered(cause);
    }
  }

  #refuseStranger(response: globalThis.Response): never {
    const what = `HTTP ${response.status}, ${response.headers.get("content-type") ?? "no content type"}`;
    throw new Failure("UNREACHABLE", `What answers at ${this.url} is no gateway of Palate (${what}).`, {
      exitCode: ExitCode.UNREACHABLE,
      hint: "Say where the gateway is with --url or PALATE_URL.",
    });
  }

  #unanswered(cause: unknown): Failure {
    if (this.signal.aborted) return interrupted();
    const timedOut = cause instanceof Error && cause.name === "TimeoutError";
    const why = timedOut ? `no answer within ${this.#timeoutMs / 1000} s` : reasonOf(cause);
    return new Failure("UNREACHABLE", `The gateway at ${this.url} does not answer: ${why}.`, {
      exitCode: ExitCode.UNREACHABLE,
      hint: "Is Palate running (npm start)? --url or PALATE_URL says where the gateway is.",
      cause,
    });
  }
}

/** The answer, unless this is not one of a GraphQL server. */
function parseAnswer<Data>(text: string): Response<Data> | undefined {
  try {
    const answer = JSON.parse(text) as Response<Data>;
    return typeof answer === "object" && ("data" in answer || "errors" in answer) ? answer : undefined;
  } catch {
    return undefined;
  }
}

/** Why a request was not answered: Node hides it in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const inner = error.cause;
  if (inner instanceof AggregateError && inner.errors.length > 0) return reasonOf(inner.errors[0]);
  return inner instanceof Error && inner.message !== "" ? inner.message : error.message;
}
