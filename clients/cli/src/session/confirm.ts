import { createInterface } from "node:readline/promises";
import { Failure, interrupted, usage } from "../errors/failure.js";
import type { Session } from "./session.js";

/**
 * Asks the user whether to go on.
 * @throws Failure when they do not want it, or when there is nobody to ask
 */
export async function confirm({ stdin, out, signal }: Session, question: string): Promise<void> {
  if (!stdin.isTTY || !out.stderr.isTTY || out.json)
    throw usage(`${question} There is nobody here to say so.`, "--yes says it beforehand.");
  const reader = createInterface({ input: stdin, output: out.stderr });
  try {
    const answer = await reader.question(`${question} [y/N] `, { signal });
    if (/^y(es)?$/i.test(answer.trim())) return;
  } catch {
    throw interrupted();
  } finally {
    reader.close();
  }
  throw new Failure("DECLINED", "Nothing was done.");
}
