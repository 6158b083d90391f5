import { open } from "node:fs/promises";
import { HEADER_BYTES, isSealed } from "./sealed-stream.js";

/** Whether a file on this machine is encrypted. Throws the system's error when it cannot be read. */
export async function isSealedFile(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
    return isSealed(buffer.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}
