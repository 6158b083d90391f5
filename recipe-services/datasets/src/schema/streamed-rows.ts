import {
  DatasetType,
  type ActionInteraction,
  type ChangeBatch,
  type Column,
  type Interaction,
} from "@palate/proto/dataset";

import { defaultOf } from "./column-default.js";

/** Values of one streamed record by column name; absent ones are empty cells. */
export type StreamedRow = Readonly<Record<string, unknown>>;

function propertiesOf(json: string): Record<string, unknown> {
  return json === "" ? {} : (JSON.parse(json) as Record<string, unknown>);
}

const orNull = (text: string): string | null => (text === "" ? null : text);

/** The columns of a streamed interaction, as if it had been imported. */
function interactionRow(interaction: Interaction): StreamedRow {
  return {
    ...propertiesOf(interaction.properties),
    USER_ID: orNull(interaction.userId),
    ITEM_ID: interaction.itemId,
    TIMESTAMP: interaction.timestamp,
    EVENT_TYPE: orNull(interaction.eventType),
    EVENT_VALUE: interaction.eventValue ?? null,
    RECOMMENDATION_ID: orNull(interaction.recommendationId),
    IMPRESSION: interaction.impression.length === 0 ? null : interaction.impression.join("|"),
  };
}

/** The columns of a streamed action interaction, as if it had been imported. */
function actionInteractionRow(interaction: ActionInteraction): StreamedRow {
  return {
    ...propertiesOf(interaction.properties),
    USER_ID: orNull(interaction.userId),
    ACTION_ID: interaction.actionId,
    TIMESTAMP: interaction.timestamp,
    EVENT_TYPE: interaction.eventType,
    RECOMMENDATION_ID: orNull(interaction.recommendationId),
    IMPRESSION: interaction.impression.length === 0 ? null : interaction.impression.join("|"),
  };
}

/** The events of a commit that belong to the dataset of a type, in order; none for attributes. */
export function eventsOf(
  type: DatasetType,
  batch: ChangeBatch,
): readonly Pick<Interaction, "userId" | "sessionId" | "eventId">[] {
  if (type === DatasetType.DATASET_TYPE_INTERACTIONS) return batch.interactions;
  return type === DatasetType.DATASET_TYPE_ACTION_INTERACTIONS ? batch.actionInteractions : [];
}

/** The rows that a commit adds to the dataset of a type, in order. */
export function streamedRows(type: DatasetType, batch: ChangeBatch): StreamedRow[] {
  switch (type) {
    case DatasetType.DATASET_TYPE_INTERACTIONS:
      return batch.interactions.map(interactionRow);
    case DatasetType.DATASET_TYPE_ITEMS:
      return batch.items.map((item) => ({ ...propertiesOf(item.properties), ITEM_ID: item.itemId }));
    case DatasetType.DATASET_TYPE_USERS:
      return batch.users.map((user) => ({ ...propertiesOf(user.properties), USER_ID: user.userId }));
    case DatasetType.DATASET_TYPE_ACTIONS:
      return batch.actions.map((action) => ({ ...propertiesOf(action.properties), ACTION_ID: action.actionId }));
    case DatasetType.DATASET_TYPE_ACTION_INTERACTIONS:
      return batch.actionInteractions.map(actionInteractionRow);
    default:
      return [];
  }
}

/** How many records of a type a commit holds. */
export function streamedCount(type: DatasetType, batch: ChangeBatch): number {
  switch (type) {
    case DatasetType.DATASET_TYPE_INTERACTIONS:
      return batch.interactions.length;
    case DatasetType.DATASET_TYPE_ITEMS:
      return batch.items.length;
    case DatasetType.DATASET_TYPE_USERS:
      return batch.users.length;
    case DatasetType.DATASET_TYPE_ACTIONS:
      return batch.actions.length;
    case DatasetType.DATASET_TYPE_ACTION_INTERACTIONS:
      return batch.actionInteractions.length;
    default:
      return 0;
  }
}

/** Those of `candidates` for which any of the commit's records of a type has a value. */
export function filledColumns(type: DatasetType, candidates: readonly Column[], batch: ChangeBatch): Column[] {
  if (candidates.length === 0 || streamedCount(type, batch) === 0) return [];
  const rows = streamedRows(type, batch);
  return candidates.filter((column) => rows.some((row) => row[column.name] != null));
}

/** A streamed record's value of a column as its schema has it now; the record may have been sent under an earlier one. */
export function cellOf(row: StreamedRow, column: Column): unknown {
  const value = row[column.name] ?? defaultOf(column);
  return column.type === "string" && value != null && typeof value !== "string" ? JSON.stringify(value) : value;
}
