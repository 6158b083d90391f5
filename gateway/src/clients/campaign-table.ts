import { notFound } from "@palate/host";
import { isNotFound } from "../errors/is-not-found.js";
import { unreachableAmong, type RecipeDiscovery } from "./recipe-discovery.js";
import { keyOf, type RecipeService } from "./recipe-service.js";

/** Which service serves which campaign, as the last refresh found it. */
export class CampaignTable {
  readonly #discovery: RecipeDiscovery;
  #services = new Map<string, RecipeService>();

  constructor(discovery: RecipeDiscovery) {
    this.#discovery = discovery;
    discovery.onRefresh(() => this.#rebuild());
  }

  #rebuild(): void {
    const services = new Map<string, RecipeService>();
    for (const service of this.#discovery.services)
      for (const key of service.campaigns) if (!services.has(key)) services.set(key, service);
    this.#services = services;
  }

  /** The service that serves a campaign as far as is known now; undefined means refresh. */
  known(datasetGroup: string, name: string): RecipeService | undefined {
    return this.#services.get(keyOf(datasetGroup, name));
  }

  /** Notes a campaign that was just created. */
  remember(datasetGroup: string, name: string, service: RecipeService): void {
    this.#services.set(keyOf(datasetGroup, name), service);
  }

  /** Forgets a campaign that was just deleted. */
  forget(datasetGroup: string, name: string): void {
    this.#services.delete(keyOf(datasetGroup, name));
  }

  /**
   * The service that serves a campaign, after a refresh when it is not known.
   * @throws PalateError `not_found`, or `unavailable` while a service that might have it does not answer
   */
  async find(datasetGroup: string, name: string): Promise<RecipeService> {
    const known = this.known(datasetGroup, name);
    if (known) return known;
    await this.#discovery.refreshAfterNow();
    const found = this.known(datasetGroup, name);
    if (found) return found;
    throw (
      unreachableAmong(
        this.#discovery.services,
        `No service that answers has the campaign "${name}" of "${datasetGroup}".`,
      ) ?? notFound("campaign", name, `Dataset group "${datasetGroup}" has none of that name.`)
    );
  }

  /**
   * Does something at the service that serves a campaign. When the campaign has gone from where it was last seen, it is
   * looked for once more.
   */
  async atService<T>(datasetGroup: string, name: string, act: (service: RecipeService) => Promise<T>): Promise<T> {
    const service = this.known(datasetGroup, name) ?? (await this.find(datasetGroup, name));
    try {
      return await act(service);
    } catch (thrown) {
      if (!isNotFound(thrown)) throw thrown;
      await this.#discovery.refreshAfterNow();
      const moved = this.known(datasetGroup, name);
      if (moved === undefined || moved === service) throw thrown;
      return act(moved);
    }
  }
}
