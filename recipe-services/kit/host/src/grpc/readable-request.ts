import type { MethodDefinition, ServiceDefinition } from "@grpc/grpc-js";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { invalidArgument, type PalateError } from "../errors/palate-error.js";

/** A request that could not be read. It goes to its handler in a request's place, for only handlers choose a status. */
class Unreadable {
  readonly error: PalateError;

  constructor(error: PalateError) {
    this.error = error;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const decodeUtf8 = (bytes: Uint8Array): string => utf8.decode(bytes);

/**
 * A service whose requests are read strictly: texts are UTF-8, where the library would put U+FFFD for what is not, and so make another
 * id of it. A request that cannot be read is the caller's mistake, where the library says INTERNAL.
 */
export function readStrictly(definition: ServiceDefinition): ServiceDefinition {
  const methods = Object.entries(definition).map(([name, method]) => [name, withStrictReader(method)] as const);
  return Object.fromEntries(methods);
}

/**
 * A request as a handler may use it.
 * @throws PalateError `invalid_argument` when it could not be read
 */
export function readable<Req>(request: Req): Req {
  if (request instanceof Unreadable) throw request.error;
  return request;
}

function withStrictReader(method: MethodDefinition<unknown, unknown>): MethodDefinition<unknown, unknown> {
  // Generated decoders take a reader as well as bytes, though the definition's type does not say so.
  const decode = method.requestDeserialize as (source: Buffer | BinaryReader) => unknown;
  return {
    ...method,
    requestDeserialize(bytes) {
      try {
        return decode(new BinaryReader(bytes, decodeUtf8));
      } catch (thrown) {
        const why =
          thrown instanceof TypeError
            ? "a text in it is not UTF-8"
            : "its bytes are no such message, or a number is beyond 2^53";
        return new Unreadable(invalidArgument(`The request cannot be read: ${why}.`));
      }
    },
  };
}
