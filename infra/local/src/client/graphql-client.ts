/** A request that the gateway answered with errors, or did not answer. */
export class RequestFailure extends Error {
  /** `extensions.code` of the first error, or "NO_ANSWER". */
  readonly code: string;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "RequestFailure";
    this.code = code;
  }
}

interface Answer<T> {
  readonly data?: T | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/** The little that a GraphQL client needs: one POST a request. */
export class GraphqlClient {
  /** The gateway's address, "http://127.0.0.1:4000". */
  readonly url: string;
  /** What it sends so that the gateway knows who asks. */
  readonly headers: Readonly<Record<string, string>>;

  /** @param key an API key; none is right where callers are not asked who they are */
  constructor(url: string, key?: string) {
    this.url = url;
    this.headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  }

  /**
   * Runs one operation and returns its data.
   * @throws RequestFailure when there are errors or no answer
   */
  async run<T>(document: string, variables: Readonly<Record<string, unknown>> = {}): Promise<T> {
    const answer = await this.#post<T>(JSON.stringify({ query: document, variables }));
    const [error] = answer.errors ?? [];
    if (error) throw new RequestFailure(error.extensions?.code ?? "INTERNAL_SERVER_ERROR", error.message);
    if (!answer.data) throw new RequestFailure("NO_ANSWER", "The gateway sent neither data nor errors.");
    return answer.data;
  }

  async #post<T>(body: string): Promise<Answer<T>> {
    try {
      const headers = { ...this.headers, "content-type": "application/json" };
      const response = await fetch(`${this.url}/graphql`, { method: "POST", headers, body });
      return (await response.json()) as Answer<T>;
    } catch (cause) {
      throw new RequestFailure("NO_ANSWER", `The gateway at ${this.url} does not answer: ${cause}`, { cause });
    }
  }
}
