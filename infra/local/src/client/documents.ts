/** The GraphQL operations that a client of Palate needs, as a frontend team would write them. */

const USER_ERRORS = "userErrors { field message code }";

/** Creates a dataset group. */
export const CREATE_DATASET_GROUP = `
mutation ($input: CreateDatasetGroupInput!) { createDatasetGroup(input: $input) { ${USER_ERRORS} } }`;

/** Creates a schema. */
export const CREATE_SCHEMA = `
mutation ($input: CreateSchemaInput!) { createSchema(input: $input) { ${USER_ERRORS} } }`;

/** Proposes a schema for a file. */
export const INFER_SCHEMA = `
query ($location: String!, $datasetType: DatasetType!) {
  inferSchema(location: $location, datasetType: $datasetType) { schema }
}`;

/** Creates a dataset. */
export const CREATE_DATASET = `
mutation ($input: CreateDatasetInput!) { createDataset(input: $input) { ${USER_ERRORS} } }`;

const IMPORT_JOB = "jobName status failureReason rows progress";

/** Starts an import. */
export const CREATE_IMPORT_JOB = `
mutation ($input: CreateImportJobInput!) { createImportJob(input: $input) { importJob { ${IMPORT_JOB} } ${USER_ERRORS} } }`;

/** How an import stands. */
export const IMPORT_JOB_QUERY = `
query ($datasetGroup: String!, $jobName: String!) {
  importJob(datasetGroup: $datasetGroup, jobName: $jobName) { ${IMPORT_JOB} }
}`;

/** Creates a solution. */
export const CREATE_SOLUTION = `
mutation ($input: CreateSolutionInput!) { createSolution(input: $input) { ${USER_ERRORS} } }`;

/** A solution's newest version. */
export const SOLUTION = `
query ($datasetGroup: String!, $name: String!) {
  solution(datasetGroup: $datasetGroup, name: $name) { latestVersionId }
}`;

const VERSION = `versionId status failureReason trainingSeconds backend checkpoints
  progress { phase fraction message secondsLeft }
  metrics { name value }
  baselineMetrics { name value }`;

/** Starts a training. */
export const CREATE_SOLUTION_VERSION = `
mutation ($input: CreateSolutionVersionInput!) {
  createSolutionVersion(input: $input) { solutionVersion { ${VERSION} } ${USER_ERRORS} }
}`;

/** How a training stands. */
export const SOLUTION_VERSION = `
query ($datasetGroup: String!, $solution: String!, $versionId: String!) {
  solutionVersion(datasetGroup: $datasetGroup, solution: $solution, versionId: $versionId) { ${VERSION} }
}`;

/** Creates a campaign. */
export const CREATE_CAMPAIGN = `
mutation ($input: CreateCampaignInput!) { createCampaign(input: $input) { ${USER_ERRORS} } }`;

/** Asks a campaign. */
export const RECOMMENDATIONS = `
query Recommendations($datasetGroup: String!, $campaign: String!, $userId: ID, $itemId: ID, $first: Int!, $columns: [String!]) {
  recommendations(
    datasetGroup: $datasetGroup, campaign: $campaign, userId: $userId, itemId: $itemId, first: $first, metadataColumns: $columns
  ) {
    recommendationId
    versionId
    historyLength
    edges { rank score reason node { itemId attributes { name value } } }
  }
}`;

/** Records interactions. */
export const PUT_EVENTS = `
mutation ($input: PutEventsInput!) { putEvents(input: $input) { recorded ${USER_ERRORS} } }`;
