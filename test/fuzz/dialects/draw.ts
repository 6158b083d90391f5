import type { Random } from "@palate/numeric";

/** One of several. */
export function pick<T>(random: Random, values: readonly T[]): T {
  return values[random.integer(values.length)]!;
}

/** Whether something of this probability happens. */
export function chance(random: Random, probability: number): boolean {
  return random.uniform() < probability;
}

/** So many of what `make` draws. */
export function many<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** A whole number of 64 bits that is drawn by its number of digits. */
export function wholeOf(random: Random, bits: 32 | 64): bigint {
  const width = 1 + random.integer(bits - 1);
  const drawn = (BigInt(random.bits()) << 32n) | BigInt(random.bits());
  return BigInt.asIntN(
    bits,
    chance(random, 0.3) ? -(drawn & ((1n << BigInt(width)) - 1n)) : drawn & ((1n << BigInt(width)) - 1n),
  );
}

/** A number of so many units of its last digit, with a point; "12" where the scale is 0. */
export function decimalText(unscaled: bigint, scale: number): string {
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0");
  const sign = unscaled < 0n ? "-" : "";
  return scale === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
