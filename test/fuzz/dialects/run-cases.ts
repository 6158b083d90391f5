import { TrialImports } from "@palate/datasets/testing";
import { tmpdir } from "node:os";
import { checkCase, type Outcome } from "./check-case.js";
import { checkInferred } from "./check-inferred.js";
import { drawCase } from "./import-case.js";
import { drawInferred } from "./inferred-case.js";

/** How many files came to what. */
export type DialectFigures = Record<Outcome, number>;

/** No files. */
export function noFigures(): DialectFigures {
  return { imported: 0, refused: 0, "damaged and imported": 0, "damaged and refused": 0 };
}

/**
 * Draws and imports one file for each seed.
 * @param begin is told each seed before anything is done with it
 * @throws Error with the `seed` of the first file of which something does not hold
 */
export async function runCases(
  seed: number,
  rounds: number,
  begin: (seed: number) => void = () => {},
): Promise<DialectFigures> {
  const trials = await TrialImports.start(tmpdir());
  const figures = noFigures();
  try {
    for (let each = seed; each < seed + rounds; each++) {
      begin(each);
      try {
        figures[await runCase(trials, each)]++;
      } catch (thrown) {
        const message = `Seed ${each}: ${(thrown as Error).message}`;
        throw Object.assign(new Error(message, { cause: thrown }), { seed: each });
      }
    }
    return figures;
  } finally {
    await trials.close();
  }
}

/** One in so many files is imported as is proposed for it, the others as they were meant. */
const INFERRED_EVERY = 8;

/** Imports the file of a seed. Throws Error that says what does not hold. */
async function runCase(trials: TrialImports, seed: number): Promise<Outcome> {
  if (seed % INFERRED_EVERY === 0) {
    const drawn = drawInferred(seed);
    return about(`a ${drawn.writer} file`, checkInferred(trials, drawn));
  }
  const drawn = drawCase(seed);
  const harm = drawn.damage === undefined ? "" : ` with ${drawn.damage.kind}`;
  return about(`a ${drawn.writer} file${harm}`, checkCase(trials, drawn));
}

async function about(file: string, checked: Promise<Outcome>): Promise<Outcome> {
  try {
    return await checked;
  } catch (thrown) {
    throw new Error(`${file} ${(thrown as Error).message}`, { cause: thrown });
  }
}
