import { PalateError } from "@palate/host";

/** Whether something thrown says that there is no such thing. */
export function isNotFound(thrown: unknown): boolean {
  return thrown instanceof PalateError && thrown.code === "not_found";
}
