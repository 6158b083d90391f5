import { readFileSync } from "node:fs";
import { invalidArgument } from "../errors/palate-error.js";

/**
 * The text of a file that an option names.
 * @param env the option's environment variable
 * @throws PalateError `invalid_argument` naming option and file when it cannot be read
 */
export function readOptionFile(env: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw invalidArgument(`${env}=${file} cannot be read: ${(cause as Error).message}.`);
  }
}
