import { operation } from "../api/operation.js";

/** All that is stored of a user. */
export const PERSONAL_DATA = operation<
  { personalData: { json: string; rows: number } | null },
  { datasetGroup: string; userId: string }
>(`
query PersonalData($datasetGroup: String!, $userId: String!) {
  personalData(datasetGroup: $datasetGroup, userId: $userId) { json rows }
}`);
