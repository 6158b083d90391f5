import { dataLoss, type PalateError } from "@palate/host";

/** What is stored under a name is not what was encrypted under it. */
export function damaged(name: string): PalateError {
  const what = "it was changed, cut off or put in another's place, or is not of the key that it names";
  return dataLoss(`What is stored as "${name}" does not decrypt (AES-256-GCM): ${what}.`);
}
