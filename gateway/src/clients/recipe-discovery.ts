import { invalidArgument, type Logger, type PalateError } from "@palate/host";
import { RemoteError } from "../errors/remote-error.js";
import type { RecipeService } from "./recipe-service.js";

/** Shortest time between two refreshes that misses ask for, in milliseconds: a stream of wrong names must not become load. */
const MIN_REFRESH_INTERVAL_MS = 100;
const RECIPE_ARN = "arn:aws:personalize:::recipe/";

/** Finds out, again and again, which recipe services can be reached and what each of them offers and serves. */
export class RecipeDiscovery {
  /** Every configured service, in configured order; where two claim the same name, the first one has it. */
  readonly services: readonly RecipeService[];
  readonly #logger: Logger;
  readonly #listeners: (() => void)[] = [];
  #running: Promise<void> | undefined;
  #queued: Promise<void> | undefined;
  #startedAt = -Infinity;
  #discovered = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(services: readonly RecipeService[], logger: Logger) {
    this.services = services;
    this.#logger = logger;
  }

  /** Refreshes now and then every `intervalSeconds`. Resolves after the first refresh, whatever it found. */
  async start(intervalSeconds: number): Promise<void> {
    this.#timer = setInterval(() => void this.refresh(), intervalSeconds * 1_000);
    this.#timer.unref();
    await this.refresh();
  }

  /** Whether every service has been asked once, whatever it answered. */
  get discovered(): boolean {
    return this.#discovered;
  }

  /** Calls a function after every refresh, before those who wait for the refresh go on. */
  onRefresh(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Stops refreshing and closes every connection. */
  close(): void {
    clearInterval(this.#timer);
    for (const service of this.services) service.close();
  }

  /** Asks every service what it offers and serves, or joins the refresh that is under way. */
  refresh(): Promise<void> {
    this.#running ??= this.#askAll().finally(() => (this.#running = undefined));
    return this.#running;
  }

  /** A refresh that begins after this call, shared by all who ask meanwhile. */
  refreshAfterNow(): Promise<void> {
    this.#queued ??= (async () => {
      await this.#running;
      const wait = this.#startedAt + MIN_REFRESH_INTERVAL_MS - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      this.#queued = undefined;
      await this.refresh();
    })();
    return this.#queued;
  }

  async #askAll(): Promise<void> {
    this.#startedAt = performance.now();
    await Promise.all(
      this.services.map(async (service) => {
        const wasUnreachable = service.failure !== undefined;
        const failure = await service.refresh();
        if (wasUnreachable && !failure) this.#logger.info({ service: service.name }, "recipe service found");
        if (!wasUnreachable && failure)
          this.#logger.warn({ service: service.name, reason: failure.message }, "recipe service lost");
      }),
    );
    for (const listener of this.#listeners) listener();
    this.#discovered = true;
  }

  /**
   * The service that offers a recipe, given by name or by Amazon's ARN, with the recipe's name.
   * @throws PalateError `invalid_argument` with the recipes there are, or `unavailable` while a service that was never
   *   reached might offer it
   */
  async offering(nameOrArn: string): Promise<{ service: RecipeService; recipe: string }> {
    const recipe = recipeName(nameOrArn);
    const find = () => this.services.find((service) => service.recipes.some((offered) => offered.name === recipe));
    let service = find();
    if (!service) {
      await this.refreshAfterNow();
      service = find();
    }
    if (service) return { service, recipe };
    const unreachable = unreachableAmong(
      this.services.filter((candidate) => !candidate.everAnswered),
      `No service that answers offers the recipe "${recipe}".`,
    );
    if (unreachable) throw unreachable;
    const names = this.services.flatMap((candidate) => candidate.recipes.map((offered) => offered.name)).sort();
    const message = `There is no recipe "${recipe}". There are: ${names.join(", ") || "none"}.`;
    throw invalidArgument(message, [{ field: "recipe", message }]);
  }

  /** Asks every service and merges what those that answer give, in configured order. */
  async gather<Row>(
    ask: (service: RecipeService) => Promise<readonly Row[]>,
  ): Promise<{ rows: Row[]; failures: RemoteError[] }> {
    const rows: Row[] = [];
    const failures: RemoteError[] = [];
    const answers = await Promise.allSettled(this.services.map(ask));
    for (const answer of answers) {
      if (answer.status === "fulfilled") rows.push(...answer.value);
      else if (answer.reason instanceof RemoteError) failures.push(answer.reason);
      else throw answer.reason;
    }
    return { rows, failures };
  }
}

/** The error that names the first service which could not be reached when last asked; undefined when all could. */
export function unreachableAmong(services: readonly RecipeService[], message: string): PalateError | undefined {
  for (const { name, failure } of services)
    if (failure) return new RemoteError(name, failure, `${message} The service "${name}" does not answer.`);
  return undefined;
}

/** A recipe's name, from the name or from Amazon's ARN for it. */
export function recipeName(nameOrArn: string): string {
  return nameOrArn.startsWith(RECIPE_ARN) ? nameOrArn.slice(RECIPE_ARN.length) : nameOrArn;
}
