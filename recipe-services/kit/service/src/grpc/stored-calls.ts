import { handlersFor, type Logger } from "@palate/host";
import { toStoreError } from "@palate/store";

/** What makes the handlers of RecipeService. */
export type StoredCalls = ReturnType<typeof storedCalls>;

/** Makes handlers of calls that may touch the store: while MongoDB is unreachable, their callers get `unavailable`. */
export function storedCalls(logger: Logger) {
  const { unary, serverStream } = handlersFor(logger);
  const stored = <Req, Res>(method: string, handle: (request: Req) => Res | Promise<Res>) =>
    unary(method, async (request: Req) => {
      try {
        return await handle(request);
      } catch (thrown) {
        throw toStoreError(thrown);
      }
    });
  return { stored, serverStream };
}
