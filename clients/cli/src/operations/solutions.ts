import { operation, USER_ERRORS, type Payload } from "../api/operation.js";
import type { PageOf } from "./page.js";

/** A name and a value. */
export interface NameValue<Value = string> {
  readonly name: string;
  readonly value: Value;
}

/** How far a training is. */
export interface TrainingProgress {
  readonly phase: string;
  /** Share done, 0 to 1. */
  readonly fraction: number;
  readonly message: string;
  readonly secondsLeft: number | null;
  readonly curve: readonly { series: string; seconds: number; value: number }[];
}

/** A training and its model. */
export interface SolutionVersion {
  readonly solution: string;
  readonly versionId: string;
  readonly recipe: string;
  readonly status: string;
  readonly failureReason: string | null;
  readonly trainingSeconds: number;
  readonly backend: string;
  readonly checkpoints: number;
  readonly progress: TrainingProgress | null;
  readonly metrics: readonly NameValue<number>[];
  readonly baselineMetrics: readonly NameValue<number>[];
  readonly dataStatistics: { interactions: number; users: number; items: number; warnings: readonly string[] } | null;
  readonly reportUrl: string;
}

const VERSION_FIELDS = `solution versionId recipe status failureReason trainingSeconds backend checkpoints
  progress { phase fraction message secondsLeft curve { series seconds value } }
  metrics { name value }
  baselineMetrics { name value }
  dataStatistics { interactions users items warnings }
  reportUrl`;

/** What a solution is given. */
export interface SolutionInput {
  readonly datasetGroup: string;
  readonly name: string;
  readonly recipe: string;
  readonly hyperparameters: Readonly<Record<string, unknown>>;
  readonly performHPO?: boolean;
}

/** Creates a solution. */
export const CREATE_SOLUTION = operation<Payload<"createSolution", object>, { input: SolutionInput }>(`
mutation CreateSolution($input: CreateSolutionInput!) { createSolution(input: $input) { ${USER_ERRORS} } }`);

/** A recipe that there is. */
export interface Recipe {
  readonly name: string;
  readonly type: RecipeType | null;
}

/** How a recipe is asked. */
export type RecipeType =
  | "USER_PERSONALIZATION"
  | "RELATED_ITEMS"
  | "PERSONALIZED_RANKING"
  | "USER_SEGMENTATION"
  | "POPULAR_ITEMS"
  | "PERSONALIZED_ACTIONS";

/** Recipes that can be trained. */
export const RECIPES = operation<{ recipes: PageOf<Recipe> | null }>(`
query Recipes { recipes(first: 100) { nodes { name type } } }`);

/** A solution. */
export const SOLUTION = operation<
  { solution: { name: string; recipe: string; latestVersionId: string | null } | null },
  { datasetGroup: string; name: string }
>(`
query Solution($datasetGroup: String!, $name: String!) {
  solution(datasetGroup: $datasetGroup, name: $name) { name recipe latestVersionId }
}`);

/** A training's key. */
export interface VersionKey {
  readonly datasetGroup: string;
  readonly solution: string;
  readonly versionId: string;
}

/** Starts a training. */
export const CREATE_SOLUTION_VERSION = operation<
  Payload<"createSolutionVersion", { solutionVersion: SolutionVersion | null }>,
  { input: { datasetGroup: string; solution: string; seed?: number; trainingMode?: "FULL" | "UPDATE" } }
>(`
mutation CreateSolutionVersion($input: CreateSolutionVersionInput!) {
  createSolutionVersion(input: $input) { solutionVersion { ${VERSION_FIELDS} } ${USER_ERRORS} }
}`);

/** How a training stands. */
export const SOLUTION_VERSION = operation<{ solutionVersion: SolutionVersion | null }, VersionKey>(`
query SolutionVersion($datasetGroup: String!, $solution: String!, $versionId: String!) {
  solutionVersion(datasetGroup: $datasetGroup, solution: $solution, versionId: $versionId) { ${VERSION_FIELDS} }
}`);

/** A training, each time it is further. */
export const SOLUTION_VERSION_PROGRESS = operation<{ solutionVersionProgress: SolutionVersion }, VersionKey>(`
subscription SolutionVersionProgress($datasetGroup: String!, $solution: String!, $versionId: String!) {
  solutionVersionProgress(datasetGroup: $datasetGroup, solution: $solution, versionId: $versionId) { ${VERSION_FIELDS} }
}`);

/** A measure's 95 % interval. */
interface MetricInterval {
  readonly name: string;
  readonly low: number;
  readonly high: number;
}

/** What was measured of a version. */
export interface MeasuredVersion {
  readonly solution: string;
  readonly versionId: string;
  readonly recipe: string;
  readonly status: string;
  readonly trainingSeconds: number;
  readonly metrics: readonly NameValue<number>[];
  readonly baselineMetrics: readonly NameValue<number>[];
  readonly evaluation: {
    readonly cases: number;
    readonly baseline: string;
    readonly primaryMetric: string;
    readonly intervals: readonly MetricInterval[];
  } | null;
  readonly progress: TrainingProgress | null;
  readonly checkpointHistory: readonly { seconds: number; metrics: readonly NameValue<number>[] }[];
  readonly dataStatistics: { readonly warnings: readonly string[] } | null;
  readonly reportUrl: string;
}

/** What was measured of a version, with its learning curve. */
export const METRICS = operation<{ solutionVersion: MeasuredVersion | null }, VersionKey>(`
query Metrics($datasetGroup: String!, $solution: String!, $versionId: String!) {
  solutionVersion(datasetGroup: $datasetGroup, solution: $solution, versionId: $versionId) {
    solution versionId recipe status trainingSeconds
    metrics { name value }
    baselineMetrics { name value }
    evaluation { cases baseline primaryMetric intervals { name low high } }
    progress { phase fraction message secondsLeft curve { series seconds value } }
    checkpointHistory { seconds metrics { name value } }
    dataStatistics { warnings }
    reportUrl
  }
}`);

/** A model that answers. */
export interface Campaign {
  readonly name: string;
  readonly solution: string;
  readonly recipe: string;
  readonly recipeType: RecipeType | null;
  readonly status: string;
  readonly servingVersionId: string | null;
}

/** Creates a campaign. */
export const CREATE_CAMPAIGN = operation<
  Payload<"createCampaign", object>,
  { input: { datasetGroup: string; name: string; solution: string } }
>(`
mutation CreateCampaign($input: CreateCampaignInput!) { createCampaign(input: $input) { ${USER_ERRORS} } }`);

/** A group's campaigns. */
export const CAMPAIGNS = operation<{ campaigns: PageOf<Campaign> | null }, { datasetGroup: string }>(`
query Campaigns($datasetGroup: String!) {
  campaigns(datasetGroup: $datasetGroup, first: 100) { nodes { name solution recipe recipeType status servingVersionId } }
}`);
