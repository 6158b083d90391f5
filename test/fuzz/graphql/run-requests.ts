import { buildGraphqlSchema, gatewayOptions, queryLimits, VALIDATION } from "@palate/gateway";
import { loadConfig } from "@palate/host";
import { Random } from "@palate/numeric";
import { GraphQLError, Kind, parse, validate, type GraphQLSchema } from "graphql";
import { processorTimeOf } from "../processes/processor-time.js";
import { checkReply, type ReplyOutcome } from "./check-reply.js";
import type { DrawnDocument } from "./draw-document.js";
import { drawRequest, drawText, type DrawnRequest } from "./draw-request.js";
import { GatewayUnderTest } from "./gateway-under-test.js";

/** What became of a request, or of a document that was only checked. */
type Outcome = ReplyOutcome | "allowed" | "not allowed";

/** What came of some requests. */
export interface GraphqlFigures {
  readonly outcomes: Record<Outcome, number>;
  /** The one that took the longest of its budget. */
  slowest: { readonly seed: number; readonly kind: string; readonly milliseconds: number; readonly share: number };
}

/** No requests. */
export function noFigures(): GraphqlFigures {
  return {
    outcomes: { answered: 0, "answered in part": 0, refused: 0, allowed: 0, "not allowed": 0 },
    slowest: { seed: 0, kind: "none", milliseconds: 0, share: 0 },
  };
}

/**
 * Milliseconds of the processor's that a request may take, its answer's reading included: so many; more for each KB of its document, of
 * which no more than 4,000 words are read; and more for each KB of everything else, answer included.
 */
const BUDGET_MS = 50;
const BUDGET_MS_PER_KB_OF_DOCUMENT = 5;
const BUDGET_MS_PER_KB = 0.25;

/** One in so many goes to the gateway by HTTP; of the others the document alone is checked, as the gateway does before it runs one. */
const BY_HTTP_EVERY = 8;

/** Times that a request over its budget is sent again: the first one of its kind also compiles code, and others collect garbage. */
const TRIES = 4;

/** Requests that a gateway gets before another takes its place: its services keep in memory what they are given. */
const REQUESTS_PER_GATEWAY = 20_000;

/**
 * Sends one request for each seed to a gateway.
 * @param begin is told each seed before anything is done with it
 * @throws Error with the `seed` of the first request of which something does not hold
 */
export async function runRequests(
  seed: number,
  rounds: number,
  begin: (seed: number) => void = () => {},
): Promise<GraphqlFigures> {
  const schema = buildGraphqlSchema();
  const figures = noFigures();
  let gateway = await GatewayUnderTest.start();
  const documents = new DocumentChecks(schema);
  const time = processorTimeOf(process.pid);
  try {
    for (let each = seed; each < seed + rounds; each++) {
      begin(each);
      if (each > seed && (each - seed) % REQUESTS_PER_GATEWAY === 0) {
        await gateway.stop();
        gateway = await GatewayUnderTest.start();
      }
      const sent = each % BY_HTTP_EVERY === 0 ? overHttp(gateway, drawRequest(schema, each)) : documents.of(each);
      try {
        const { outcome, ...took } = await withinBudget(time, sent);
        figures.outcomes[outcome]++;
        if (took.share > figures.slowest.share) figures.slowest = { seed: each, kind: sent.kind, ...took };
      } catch (thrown) {
        const message = `Seed ${each}: ${sent.kind} ${(thrown as Error).message}`;
        throw Object.assign(new Error(message, { cause: thrown }), { seed: each });
      }
    }
    return figures;
  } finally {
    await gateway.stop();
  }
}

/** What is tried, as often as need be. */
interface Attempt {
  readonly kind: string;
  /** Tries it; throws Error that says what does not hold. */
  readonly run: () =>
    Promise<{ readonly outcome: Outcome; readonly budget: number }> | { outcome: Outcome; budget: number };
}

function overHttp(gateway: GatewayUnderTest, drawn: DrawnRequest): Attempt {
  const { kind, body, path, documentLength } = drawn;
  const budgetOfRequest = BUDGET_MS + (documentLength / 1024) * BUDGET_MS_PER_KB_OF_DOCUMENT;
  return {
    kind,
    async run() {
      const reply = await gateway.send(drawn);
      const length = body.length + path.length + reply.body.length;
      return { outcome: checkReply(reply), budget: budgetOfRequest + (length / 1024) * BUDGET_MS_PER_KB };
    },
  };
}

/** Checks documents as the gateway does. */
class DocumentChecks {
  readonly #schema: GraphQLSchema;
  readonly #config = loadConfig(gatewayOptions, {});
  readonly #check = queryLimits(this.#config);

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  of(seed: number): Attempt {
    const { kind, ...drawn } = drawText(new Random(seed), this.#schema);
    const budget = BUDGET_MS + (drawn.query.length / 1024) * BUDGET_MS_PER_KB_OF_DOCUMENT;
    return {
      kind: `a document, ${kind},`,
      run: () => ({ outcome: this.#isAllowed(drawn) ? "allowed" : "not allowed", budget }),
    };
  }

  #isAllowed({ query, variables }: DrawnDocument): boolean {
    const schema = this.#schema;
    try {
      const document = parse(query, { maxTokens: this.#config.maxTokens });
      if (validate(schema, document, undefined, VALIDATION).length > 0) return false;
      for (const definition of document.definitions)
        if (definition.kind === Kind.OPERATION_DEFINITION)
          this.#check({ schema, document, operation: definition, request: { variables } });
      return true;
    } catch (thrown) {
      if (thrown instanceof GraphQLError) return false;
      throw new Error(`cannot be checked: ${(thrown as Error).message}`, { cause: thrown });
    }
  }
}

/** Tries until it takes no longer than its budget; throws Error when it never does. */
async function withinBudget(time: () => number, { run }: Attempt) {
  let milliseconds = Infinity;
  for (let tries = 0; ; tries++) {
    const began = time();
    const { outcome, budget } = await run();
    milliseconds = Math.min(milliseconds, time() - began);
    const share = milliseconds / budget;
    if (share <= 1) return { outcome, milliseconds, share };
    if (tries === TRIES) throw new Error(`takes ${milliseconds.toFixed(0)} ms; ${budget.toFixed(0)} are its budget`);
  }
}
