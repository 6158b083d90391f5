import { DATABASE, isServing, type PalateError, toPalateError, unavailable } from "@palate/host";
import { RecipeServiceClient, RecommendationServiceClient, type Recipe } from "@palate/proto/recipe";
import { collectPages } from "./collect-pages.js";
import { ITSELF } from "./asking.js";
import { ServiceLink, type LinkSettings } from "./service-link.js";

/** Milliseconds a service gets to say what it offers: one that hangs must not keep others' campaigns from being found. */
const DISCOVERY_DEADLINE_MS = 3_000;

/** Key of a name within a dataset group; names hold no "/". */
export function keyOf(datasetGroup: string, name: string): string {
  return `${datasetGroup}/${name}`;
}

/** One recipe service: its two clients, and what it offered and served when last asked. */
export class RecipeService {
  /** "host:port". */
  readonly address: string;
  /** Recipes, solutions, versions, campaigns. */
  readonly control: ServiceLink<RecipeServiceClient>;
  /** Recommendations. */
  readonly runtime: ServiceLink<RecommendationServiceClient>;
  #recipes: readonly Recipe[] = [];
  #campaigns = new Set<string>();
  #failure: PalateError | undefined = unavailable("The service has not been asked yet.");
  #everAnswered = false;
  #database: boolean | null = null;

  /** @param deadlines milliseconds that its answers may take */
  constructor(
    address: string,
    deadlines: { readonly controlDeadlineMs: number; readonly recommendationDeadlineMs: number },
    connection: Omit<LinkSettings, "deadlineMs">,
  ) {
    this.address = address;
    const name = () => this.name;
    const control = { ...connection, deadlineMs: deadlines.controlDeadlineMs };
    const runtime = { ...connection, deadlineMs: deadlines.recommendationDeadlineMs };
    this.control = new ServiceLink(name, RecipeServiceClient, address, control);
    this.runtime = new ServiceLink(name, RecommendationServiceClient, address, runtime);
  }

  /** What the service calls itself; its address until it has answered once. */
  get name(): string {
    return this.#recipes[0]?.service || this.address;
  }

  /** Recipes it offered when last reached. */
  get recipes(): readonly Recipe[] {
    return this.#recipes;
  }

  /** Keys of the campaigns it had when last reached; see {@link keyOf}. */
  get campaigns(): ReadonlySet<string> {
    return this.#campaigns;
  }

  /** Why it could not be reached when last asked; absent when it answered. */
  get failure(): PalateError | undefined {
    return this.#failure;
  }

  /** Whether it could use its database when last reached; null where it does not say. */
  get database(): boolean | null {
    return this.#database;
  }

  /** Whether it has ever answered, so that what it offers is known. */
  get everAnswered(): boolean {
    return this.#everAnswered;
  }

  /**
   * Asks what it offers and serves. A failure leaves what was known as it was, so that routes survive an outage.
   * @returns the failure, if any
   */
  async refresh(): Promise<PalateError | undefined> {
    const { client } = this.control;
    try {
      const [{ recipes }, database, campaigns] = await Promise.all([
        this.control.call(client.listRecipes, {}, ITSELF, DISCOVERY_DEADLINE_MS),
        isServing(client, DATABASE, DISCOVERY_DEADLINE_MS),
        collectPages(async (pageSize, pageToken) => {
          const request = { datasetGroup: "", pageSize, pageToken };
          const page = await this.control.call(client.listCampaigns, request, ITSELF, DISCOVERY_DEADLINE_MS);
          return { rows: page.campaigns, nextPageToken: page.nextPageToken };
        }),
      ]);
      this.#recipes = recipes;
      this.#database = database ?? null;
      this.#campaigns = new Set(campaigns.map((campaign) => keyOf(campaign.datasetGroup, campaign.name)));
      this.#failure = undefined;
      this.#everAnswered = true;
    } catch (thrown) {
      this.#failure = toPalateError(thrown);
    }
    return this.#failure;
  }

  /** Closes its connections. */
  close(): void {
    this.control.close();
    this.runtime.close();
  }
}
