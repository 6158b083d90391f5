import { readFileSync } from "node:fs";

/**
 * The contracts of every service as the compiler made them, comments included, with those of gRPC's own health and
 * reflection services: a `google.protobuf.FileDescriptorSet` in the wire format, in which a file stands after those that
 * it imports. Read from disk (0.2 MB) at each call.
 */
export function readDescriptorSet(): Uint8Array {
  return readFileSync(new URL("../descriptors.binpb", import.meta.url));
}
