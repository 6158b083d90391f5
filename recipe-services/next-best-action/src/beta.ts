import type { Random } from "@palate/numeric";

/** A draw from a gamma distribution of scale 1 (Marsaglia and Tsang 2000). */
function gamma(shape: number, random: Random): number {
  if (shape < 1) return gamma(shape + 1, random) * (1 - random.uniform()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** A draw from a beta distribution: a probability of which so many successes and failures are known. Both above 0. */
export function beta(successes: number, failures: number, random: Random): number {
  const x = gamma(successes, random);
  const y = gamma(failures, random);
  return x + y > 0 ? x / (x + y) : 0.5;
}

/** A 32-bit hash of a text (FNV-1a), to seed draws with. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value | 0;
}
