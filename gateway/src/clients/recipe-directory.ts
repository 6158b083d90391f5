import { invalidArgument, notFound, PalateError, type Logger } from "@palate/host";
import { RemoteError } from "../errors/remote-error.js";
import { type RecipeService, keyOf } from "./recipe-service.js";

/** Shortest time between two looks that misses ask for, in milliseconds: a stream of wrong names must not become load. */
const MIN_LOOK_INTERVAL_MS = 100;
/** Most solutions whose service is remembered. */
const MAX_SOLUTIONS = 10_000;
const RECIPE_ARN = "arn:aws:personalize:::recipe/";

/** Knows which recipe service offers which recipe, keeps which solution and serves which campaign. */
export class RecipeDirectory {
  /** Every configured service, in configured order; where two claim the same name, the first one has it. */
  readonly services: readonly RecipeService[];
  readonly #logger: Logger;
  #campaigns = new Map<string, RecipeService>();
  readonly #solutions = new Map<string, RecipeService>();
  #look: Promise<void> | undefined;
  #nextLook: Promise<void> | undefined;
  #lastLookAt = 0;
  #lookedOnce = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(services: readonly RecipeService[], logger: Logger) {
    this.services = services;
    this.#logger = logger;
  }

  /** Looks at every service now and then every `intervalSeconds`. Resolves after the first look, whatever it found. */
  async start(intervalSeconds: number): Promise<void> {
    this.#timer = setInterval(() => void this.look(), intervalSeconds * 1_000);
    this.#timer.unref();
    await this.look();
  }

  /** Whether every service has been asked once, whatever it answered. */
  get lookedOnce(): boolean {
    return this.#lookedOnce;
  }

  /** Stops looking and closes every connection. */
  close(): void {
    clearInterval(this.#timer);
    for (const service of this.services) service.close();
  }

  /** Looks at every service, or joins the look that is under way. */
  look(): Promise<void> {
    this.#look ??= this.#lookNow().finally(() => (this.#look = undefined));
    return this.#look;
  }

  /** A look that begins after this call, shared by all who ask meanwhile. */
  freshLook(): Promise<void> {
    this.#nextLook ??= (async () => {
      await this.#look;
      const wait = this.#lastLookAt + MIN_LOOK_INTERVAL_MS - Date.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      this.#nextLook = undefined;
      await this.look();
    })();
    return this.#nextLook;
  }

  async #lookNow(): Promise<void> {
    this.#lastLookAt = Date.now();
    await Promise.all(
      this.services.map(async (service) => {
        const wasAway = service.failure !== undefined;
        const failure = await service.look();
        if (wasAway && !failure) this.#logger.info({ service: service.name }, "recipe service found");
        if (!wasAway && failure)
          this.#logger.warn({ service: service.name, reason: failure.message }, "recipe service lost");
      }),
    );
    const campaigns = new Map<string, RecipeService>();
    for (const service of this.services)
      for (const key of service.campaigns) if (!campaigns.has(key)) campaigns.set(key, service);
    this.#campaigns = campaigns;
    this.#lookedOnce = true;
  }

  /** The service that serves a campaign as far as is known now; undefined means look again. */
  knownCampaign(datasetGroup: string, name: string): RecipeService | undefined {
    return this.#campaigns.get(keyOf(datasetGroup, name));
  }

  /** Notes a campaign that was just created. */
  rememberCampaign(datasetGroup: string, name: string, service: RecipeService): void {
    this.#campaigns.set(keyOf(datasetGroup, name), service);
  }

  /** Forgets a campaign that was just deleted. */
  forgetCampaign(datasetGroup: string, name: string): void {
    this.#campaigns.delete(keyOf(datasetGroup, name));
  }

  /**
   * The service that serves a campaign, looking again when it is not known.
   * @throws PalateError `not_found`, or `unavailable` while a service that might have it does not answer
   */
  async campaign(datasetGroup: string, name: string): Promise<RecipeService> {
    const known = this.knownCampaign(datasetGroup, name);
    if (known) return known;
    await this.freshLook();
    const found = this.knownCampaign(datasetGroup, name);
    if (found) return found;
    throw this.#missing("campaign", datasetGroup, name);
  }

  /**
   * The service that offers a recipe, given by name or by Amazon's ARN, with the recipe's name.
   * @throws PalateError `invalid_argument` with the recipes there are, or `unavailable` while a service that was never
   *   seen might offer it
   */
  async recipe(nameOrArn: string): Promise<{ service: RecipeService; recipe: string }> {
    const recipe = recipeName(nameOrArn);
    const find = () => this.services.find((service) => service.recipes.some((offered) => offered.name === recipe));
    let service = find();
    if (!service) {
      await this.freshLook();
      service = find();
    }
    if (service) return { service, recipe };
    const away = this.services.find((candidate) => !candidate.everAnswered && candidate.failure);
    if (away?.failure) throw this.#away(away, away.failure, `No service that answers offers the recipe "${recipe}".`);
    const names = this.services.flatMap((candidate) => candidate.recipes.map((offered) => offered.name)).sort();
    throw invalidArgument(`There is no recipe "${recipe}". There are: ${names.join(", ") || "none"}.`, [
      { field: "recipe", message: `There is no recipe "${recipe}". There are: ${names.join(", ") || "none"}.` },
    ]);
  }

  /**
   * The service that keeps a solution; all are asked when it is not known.
   * @throws PalateError `not_found`, or `unavailable` while a service that might have it does not answer
   */
  async solution(datasetGroup: string, name: string, signal?: AbortSignal): Promise<RecipeService> {
    const key = keyOf(datasetGroup, name);
    const known = this.#solutions.get(key);
    if (known) return known;
    const { rows, failures } = await this.gather(async (service) =>
      (await this.hasSolution(service, datasetGroup, name, signal)) ? [service] : [],
    );
    const found = rows[0];
    if (found) {
      if (this.#solutions.size >= MAX_SOLUTIONS) this.#solutions.clear();
      this.#solutions.set(key, found);
      return found;
    }
    if (failures[0]) throw failures[0];
    throw notFound("solution", name, `Dataset group "${datasetGroup}" has none of that name.`);
  }

  /** Forgets where a solution was, after it was deleted or was not found there. */
  forgetSolution(datasetGroup: string, name: string): void {
    this.#solutions.delete(keyOf(datasetGroup, name));
  }

  /**
   * Does something at the service that keeps a solution. When the solution has gone from where it was last seen, it is
   * looked for once more.
   */
  async onSolution<T>(
    datasetGroup: string,
    name: string,
    signal: AbortSignal,
    act: (service: RecipeService) => Promise<T>,
  ): Promise<T> {
    const service = await this.solution(datasetGroup, name, signal);
    try {
      return await act(service);
    } catch (thrown) {
      if (!isNotFound(thrown)) throw thrown;
      this.forgetSolution(datasetGroup, name);
      const moved = await this.solution(datasetGroup, name, signal);
      if (moved === service) throw thrown;
      return act(moved);
    }
  }

  /**
   * Does something at the service that serves a campaign. When the campaign has gone from where it was last seen, it is
   * looked for once more.
   */
  async onCampaign<T>(datasetGroup: string, name: string, act: (service: RecipeService) => Promise<T>): Promise<T> {
    const service = this.knownCampaign(datasetGroup, name) ?? (await this.campaign(datasetGroup, name));
    try {
      return await act(service);
    } catch (thrown) {
      if (!isNotFound(thrown)) throw thrown;
      await this.freshLook();
      const moved = this.knownCampaign(datasetGroup, name);
      if (moved === undefined || moved === service) throw thrown;
      return act(moved);
    }
  }

  /** Whether a service has a solution. */
  async hasSolution(
    service: RecipeService,
    datasetGroup: string,
    name: string,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const { client } = service.control;
    try {
      await service.control.call(client.getSolution, { datasetGroup, name }, signal);
      return true;
    } catch (thrown) {
      if (isNotFound(thrown)) return false;
      throw thrown;
    }
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

  #missing(kind: string, datasetGroup: string, name: string): PalateError {
    const away = this.services.find((service) => service.failure);
    if (away?.failure) {
      return this.#away(away, away.failure, `No service that answers has the ${kind} "${name}" of "${datasetGroup}".`);
    }
    return notFound(kind, name, `Dataset group "${datasetGroup}" has none of that name.`);
  }

  #away(service: RecipeService, failure: PalateError, message: string): RemoteError {
    return new RemoteError(service.name, failure, `${message} The service "${service.name}" does not answer.`);
  }
}

function isNotFound(thrown: unknown): boolean {
  return thrown instanceof PalateError && thrown.code === "not_found";
}

/** A recipe's name, from the name or from Amazon's ARN for it. */
export function recipeName(nameOrArn: string): string {
  return nameOrArn.startsWith(RECIPE_ARN) ? nameOrArn.slice(RECIPE_ARN.length) : nameOrArn;
}
