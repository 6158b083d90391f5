/** Runs a generator within another one, the shares done that it yields scaled to lie between two others. */
export function* scaleProgress<T>(work: Generator<number, T>, from: number, to: number): Generator<number, T> {
  for (let step = work.next(); ; step = work.next()) {
    if (step.done) return step.value;
    yield from + (to - from) * step.value;
  }
}
