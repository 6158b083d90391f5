import type { Reply } from "./gateway-under-test.js";

/** What became of a request. */
export type ReplyOutcome = "answered" | "answered in part" | "refused";

/** Longest answer, in characters: a bound on what a few words may fetch. */
const LONGEST = 8 * 1024 * 1024;

/**
 * Looks at an answer.
 * @throws Error that says what is wrong with it
 */
export function checkReply({ status, type, body }: Reply): ReplyOutcome {
  const said = `${status} ${type} ${body.slice(0, 300)}`;
  if (status !== 200 && (status < 400 || status > 499)) throw new Error(`is answered with ${said}`);
  if (body.length > LONGEST) throw new Error(`is answered with ${body.length} characters`);
  if (type.startsWith("text/event-stream")) {
    const events = body.split("\n").filter((line) => line.startsWith("data: ") && line.length > 6);
    const outcomes = events.map((line) => outcomeOf(parsed(line.slice(6)), said));
    return outcomes.every((outcome) => outcome === "answered") ? "answered" : "answered in part";
  }
  if (!/^application\/(graphql-response\+)?json/.test(type)) throw new Error(`is answered in another form: ${said}`);
  const outcome = outcomeOf(parsed(body), said);
  if (status !== 200 && outcome !== "refused") throw new Error(`is answered with data and ${said}`);
  return outcome;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`is answered with what is no JSON: ${text.slice(0, 300)}`);
  }
}

function outcomeOf(answer: unknown, said: string): ReplyOutcome {
  const { data, errors } = answer as { data?: unknown; errors?: unknown };
  if (data === undefined && errors === undefined) throw new Error(`has neither data nor errors: ${said}`);
  if (errors === undefined) return "answered";
  if (!Array.isArray(errors) || errors.length === 0) throw new Error(`has errors that are none: ${said}`);
  for (const error of errors as { message?: unknown; extensions?: { code?: unknown } }[]) {
    const code = error.extensions?.code;
    if (typeof error.message !== "string" || error.message === "" || typeof code !== "string" || code === "")
      throw new Error(`has an error without message or code: ${JSON.stringify(error).slice(0, 300)}`);
    if (code === "INTERNAL_SERVER_ERROR")
      throw new Error(`is a fault of the gateway's: ${JSON.stringify(error).slice(0, 600)}`);
  }
  return data === undefined || data === null ? "refused" : "answered in part";
}
