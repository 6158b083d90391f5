import { handlersFor, type CallContext, type Logger } from "@palate/host";
import { toStoreError, type Catalog } from "@palate/store";
import { stillReading } from "../serving/serving-hub.js";

/** What makes the handlers of RecipeService. */
export type StoredCalls = ReturnType<typeof storedCalls>;

/**
 * Makes handlers of calls about what is stored: while MongoDB is unreachable, and until the catalogue was read once, their callers get
 * `unavailable`. Before that nothing is known not to be there.
 */
export function storedCalls(logger: Logger, catalog: Pick<Catalog, "revision">) {
  const { unary, serverStream } = handlersFor(logger);
  const refuseBeforeRead = (): void => {
    if (catalog.revision < 0) throw stillReading();
  };
  const stored = <Req, Res>(method: string, handle: (request: Req) => Res | Promise<Res>) =>
    unary(method, async (request: Req) => {
      refuseBeforeRead();
      try {
        return await handle(request);
      } catch (thrown) {
        throw toStoreError(thrown);
      }
    });
  const storedStream = <Req, Res>(method: string, handle: (request: Req, context: CallContext) => AsyncIterable<Res>) =>
    serverStream<Req, Res>(method, (request, context) => {
      refuseBeforeRead();
      return handle(request, context);
    });
  return { unary, stored, serverStream: storedStream };
}
