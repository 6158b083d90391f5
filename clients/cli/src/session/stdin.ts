import { createInterface } from "node:readline";
import { usage } from "../errors/failure.js";

/**
 * The lines of standard input, as they come.
 * @throws Failure when nothing is piped in, so that nobody waits for a person who does not know
 */
function linesOf(stdin: NodeJS.ReadableStream & { isTTY?: boolean }): AsyncIterable<string> {
  if (stdin.isTTY)
    throw usage("Nothing is piped into this command.", "For example: cat FILE | palate …, or name the file.");
  return createInterface({ input: stdin, crlfDelay: Infinity });
}

/** What stands in the lines of standard input, blanks around it and empty lines left out. */
export async function readWords(stdin: NodeJS.ReadStream): Promise<string[]> {
  const words: string[] = [];
  for await (const line of linesOf(stdin)) if (line.trim() !== "") words.push(line.trim());
  return words;
}

/** All of standard input as text. */
export async function readAll(stdin: NodeJS.ReadStream): Promise<string> {
  const lines: string[] = [];
  for await (const line of linesOf(stdin)) lines.push(line);
  return lines.join("\n");
}
