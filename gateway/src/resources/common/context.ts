import type { IdentityTokens } from "@palate/host";
import type { ApiKeyServiceClient, AuditServiceClient, DatasetServiceClient } from "@palate/proto/dataset";
import { setMaxListeners } from "node:events";
import type { ServerResponse } from "node:http";
import type { Auditor } from "../../access/auditor.js";
import type { Caller } from "../../access/caller.js";
import { originOf, type Origin } from "../../access/origin.js";
import type { Asking } from "../../clients/asking.js";
import { callerLane } from "../../admission/lane.js";
import type { CampaignTable } from "../../clients/campaign-table.js";
import type { RecipeDiscovery } from "../../clients/recipe-discovery.js";
import type { ServiceLink } from "../../clients/service-link.js";
import type { SolutionTable } from "../../clients/solution-table.js";
import type { RemoteError } from "../../errors/remote-error.js";

/** What every request shares. */
export interface Services {
  /** The datasets service. */
  readonly datasets: ServiceLink<DatasetServiceClient>;
  /** The API keys. */
  readonly apiKeys: ServiceLink<ApiKeyServiceClient>;
  /** Signs who callers are; absent where services do not ask. */
  readonly tokens: IdentityTokens | undefined;
  /** The audit log, to be read. */
  readonly auditLog: ServiceLink<AuditServiceClient>;
  /** Writes the audit log; absent when that is switched off. */
  readonly audit: Auditor | undefined;
  /** The recipe services. */
  readonly recipes: RecipeDiscovery;
  /** Which of them serves which campaign. */
  readonly campaigns: CampaignTable;
  /** Which of them keeps which solution. */
  readonly solutions: SolutionTable;
  /** Largest page of a list. */
  readonly maxFirst: number;
  /** Whether clients may ask for the schema. */
  readonly introspection: boolean;
}

/** A service that could not be asked while the field it belongs to was answered without it. */
export interface PartialFailure {
  /** Response path of the field. */
  readonly path: readonly (string | number)[];
  /** What went wrong, with the service's name. */
  readonly error: RemoteError;
}

/** What resolvers know of the request they work for. Apollo Server copies it property by property: no `#` fields here. */
export class GatewayContext implements Asking {
  /** The datasets service. */
  readonly datasets: ServiceLink<DatasetServiceClient>;
  /** The API keys. */
  readonly apiKeys: ServiceLink<ApiKeyServiceClient>;
  /** Signs who callers are; absent where services do not ask. */
  readonly tokens: IdentityTokens | undefined;
  /** The audit log, to be read. */
  readonly auditLog: ServiceLink<AuditServiceClient>;
  /** Writes the audit log; absent when that is switched off. */
  readonly audit: Auditor | undefined;
  /** The recipe services. */
  readonly recipes: RecipeDiscovery;
  /** Which of them serves which campaign. */
  readonly campaigns: CampaignTable;
  /** Which of them keeps which solution. */
  readonly solutions: SolutionTable;
  /** Largest page of a list. */
  readonly maxFirst: number;
  /** Whether clients may ask for the schema. */
  readonly introspection: boolean;
  /** Who asks. */
  readonly caller: Caller;
  /** Failures noted so far; see {@link noteFailure}. */
  failures: PartialFailure[] | undefined = undefined;
  private readonly response: ServerResponse | undefined;
  private controller: AbortController | undefined = undefined;
  private madeLane: string | undefined = undefined;
  private madeOrigin: Origin | undefined = undefined;

  /**
   * @param caller who asks
   * @param response what the answer is written to; when its connection closes before the answer, calls are cancelled
   */
  constructor(services: Services, caller: Caller, response?: ServerResponse) {
    this.datasets = services.datasets;
    this.apiKeys = services.apiKeys;
    this.tokens = services.tokens;
    this.auditLog = services.auditLog;
    this.audit = services.audit;
    this.recipes = services.recipes;
    this.campaigns = services.campaigns;
    this.solutions = services.solutions;
    this.maxFirst = services.maxFirst;
    this.introspection = services.introspection;
    this.caller = caller;
    this.response = response;
  }

  /** For whom services are asked, and how long. */
  get asking(): Asking {
    return this;
  }

  /** Whose turn the request is counted as when there is much to do. */
  get lane(): string {
    return (this.madeLane ??= callerLane(this.caller, this.response?.req));
  }

  /** Aborted when the client goes away before it has its answer. */
  get signal(): AbortSignal {
    if (this.controller === undefined) {
      const controller = new AbortController();
      // Each call of the request waits for it, and Node warns of more than ten.
      setMaxListeners(0, controller.signal);
      const { response } = this;
      if (response?.destroyed) controller.abort();
      response?.once("close", () => {
        if (!response.writableFinished) controller.abort();
      });
      this.controller = controller;
    }
    return this.controller.signal;
  }

  /** Who asks, and from where, as the audit log says it. */
  get origin(): Origin {
    return (this.madeOrigin ??= originOf(this.caller, this.response?.req));
  }

  /** Notes that a field was answered without a service; the response gets an entry in `errors` for it. */
  noteFailure(path: readonly (string | number)[], error: RemoteError): void {
    (this.failures ??= []).push({ path, error });
  }
}
