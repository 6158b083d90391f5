import { notFound } from "@palate/host";
import { isNotFound } from "../errors/is-not-found.js";
import type { Asking } from "./asking.js";
import type { RecipeDiscovery } from "./recipe-discovery.js";
import { keyOf, type RecipeService } from "./recipe-service.js";

/** Most solutions whose service is remembered. */
const MAX_SOLUTIONS = 10_000;

/** Which service keeps which solution, found by asking all of them when it is needed first. */
export class SolutionTable {
  readonly #discovery: RecipeDiscovery;
  readonly #services = new Map<string, RecipeService>();

  constructor(discovery: RecipeDiscovery) {
    this.#discovery = discovery;
  }

  /**
   * The service that keeps a solution; all are asked when it is not known.
   * @throws PalateError `not_found`, or `unavailable` while a service that might have it does not answer
   */
  async find(datasetGroup: string, name: string, asking: Asking): Promise<RecipeService> {
    const key = keyOf(datasetGroup, name);
    const known = this.#services.get(key);
    if (known) return known;
    const { rows, failures } = await this.#discovery.gather(async (service) =>
      (await hasSolution(service, datasetGroup, name, asking)) ? [service] : [],
    );
    const found = rows[0];
    if (found) {
      if (this.#services.size >= MAX_SOLUTIONS) this.#services.clear();
      this.#services.set(key, found);
      return found;
    }
    if (failures[0]) throw failures[0];
    throw notFound("solution", name, `Dataset group "${datasetGroup}" has none of that name.`);
  }

  /** Forgets where a solution was, after it was deleted or was not found there. */
  forget(datasetGroup: string, name: string): void {
    this.#services.delete(keyOf(datasetGroup, name));
  }

  /**
   * Does something at the service that keeps a solution. When the solution has gone from where it was last seen, it is
   * looked for once more.
   */
  async atService<T>(
    datasetGroup: string,
    name: string,
    asking: Asking,
    act: (service: RecipeService) => Promise<T>,
  ): Promise<T> {
    const service = await this.find(datasetGroup, name, asking);
    try {
      return await act(service);
    } catch (thrown) {
      if (!isNotFound(thrown)) throw thrown;
      this.forget(datasetGroup, name);
      const moved = await this.find(datasetGroup, name, asking);
      if (moved === service) throw thrown;
      return act(moved);
    }
  }

  /**
   * Tells whether a service other than `except` has a solution of this name. A service that cannot be reached counts as one
   * that has not: it must not keep the others from working.
   */
  async isTaken(datasetGroup: string, name: string, except: RecipeService, asking: Asking): Promise<boolean> {
    const { rows } = await this.#discovery.gather(async (service) =>
      service !== except && (await hasSolution(service, datasetGroup, name, asking)) ? [service] : [],
    );
    return rows.length > 0;
  }
}

async function hasSolution(
  { control }: RecipeService,
  datasetGroup: string,
  name: string,
  asking: Asking,
): Promise<boolean> {
  try {
    await control.call(control.client.getSolution, { datasetGroup, name }, asking);
    return true;
  } catch (thrown) {
    if (isNotFound(thrown)) return false;
    throw thrown;
  }
}
