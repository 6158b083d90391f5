import { DATABASE, isServing } from "@palate/host";
import type { DatasetServiceClient } from "@palate/proto/dataset";
import { DATASETS_SERVICE } from "./datasets-service.js";
import type { RecipeDiscovery } from "./recipe-discovery.js";
import type { ServiceLink } from "./service-link.js";

/** Milliseconds that the datasets service has to say how it is. */
const ANSWER_MS = 1_000;

/** How a service is. */
interface ServiceReadiness {
  readonly name: string;
  readonly address: string;
  /** Whether it answers. */
  readonly answers: boolean;
  /** Whether it can use its database; null where that is not known. */
  readonly database: boolean | null;
}

/** Whether the gateway can do its work now, as /readyz says it. */
export interface ReadinessReport {
  /** Whether all is there that is needed: any recipe services at all may be away, what is stored may not. */
  readonly ready: boolean;
  /** The datasets service and, as they were found last, the recipe services. */
  readonly services: readonly ServiceReadiness[];
  /** Whether the database can be used: it answers, and nobody came across damage in it; null where that is not known. */
  readonly database: { readonly usable: boolean | null };
}

/** Finds out whether the gateway can do its work. */
export class Readiness {
  readonly #datasets: ServiceLink<DatasetServiceClient>;
  readonly #datasetsAddress: string;
  readonly #recipes: RecipeDiscovery;
  #asking: Promise<ServiceReadiness & { readonly serving: boolean }> | undefined;

  constructor(datasets: ServiceLink<DatasetServiceClient>, datasetsAddress: string, recipes: RecipeDiscovery) {
    this.#datasets = datasets;
    this.#datasetsAddress = datasetsAddress;
    this.#recipes = recipes;
  }

  /**
   * Asks the datasets service, once for all who wait.
   * @param excluded what readiness does not depend on: "datasets", "database"
   */
  async report(excluded: readonly string[]): Promise<ReadinessReport> {
    this.#asking ??= this.#askDatasets().finally(() => (this.#asking = undefined));
    const { serving, ...datasets } = await this.#asking;
    const services = [datasets, ...this.#recipeServices()];
    const usable = services.some((service) => service.database === false) ? false : datasets.database;
    const ready =
      this.#recipes.discovered &&
      (serving || excluded.includes(DATASETS_SERVICE)) &&
      (usable !== false || excluded.includes(DATABASE));
    return { ready, services, database: { usable } };
  }

  async #askDatasets() {
    const { client } = this.#datasets;
    const [serving, database] = await Promise.all([
      isServing(client, "", ANSWER_MS).catch(() => undefined),
      isServing(client, DATABASE, ANSWER_MS).catch(() => undefined),
    ]);
    const asked = { answers: serving !== undefined, serving: serving ?? false, database: database ?? null };
    return { name: DATASETS_SERVICE, address: this.#datasetsAddress, ...asked };
  }

  #recipeServices(): ServiceReadiness[] {
    return this.#recipes.services.map(({ name, address, failure, database }) => {
      const answers = failure === undefined;
      return { name, address, answers, database: answers ? database : null };
    });
  }
}
