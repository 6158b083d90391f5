import { TrialImports } from "@palate/datasets/testing";
import { tmpdir } from "node:os";
import { checkCase, type Outcome } from "./check-case.js";
import { drawCase } from "./import-case.js";

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
      const drawn = drawCase(each);
      try {
        figures[await checkCase(trials, drawn)]++;
      } catch (thrown) {
        const harm = drawn.damage === undefined ? "" : ` with ${drawn.damage.kind}`;
        const message = `Seed ${each}: a ${drawn.writer} file${harm} ${(thrown as Error).message}`;
        throw Object.assign(new Error(message, { cause: thrown }), { seed: each });
      }
    }
    return figures;
  } finally {
    await trials.close();
  }
}
