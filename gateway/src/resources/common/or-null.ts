import { isNotFound } from "../../errors/is-not-found.js";

/** The value of a look-up, or null when there is no such thing: a query for one resource answers null, not an error. */
export async function orNull<T>(lookUp: Promise<T>): Promise<T | null> {
  try {
    return await lookUp;
  } catch (thrown) {
    if (isNotFound(thrown)) return null;
    throw thrown;
  }
}

/**
 * A resource that a service's response must hold.
 * @throws Error when it does not, which means that the service breaks its contract
 */
export function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("A service left the resource out of its response.");
  return value;
}
