/** How a campaign explores new items, as stored. */
export interface ExplorationRecord {
  /** 0 to 1. */
  readonly weight: number;
  /** Days before the newest interaction. */
  readonly ageCutOffDays: number;
}

/** Where recommendations are served from, as stored; only the version, the configuration and `updatedAt` ever change. */
export interface CampaignDocument {
  /** "datasetGroup|name". */
  readonly _id: string;
  readonly datasetGroup: string;
  readonly name: string;
  readonly solution: string;
  /** A version's id or "$LATEST". */
  readonly versionId: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** How new items are explored; absent in campaigns of recipes that do not, or stored before they could. */
  readonly exploration?: ExplorationRecord;
  /** Event types that hide an item from a user; absent: the usual ones. */
  readonly hidingEventTypes?: readonly string[];
}
