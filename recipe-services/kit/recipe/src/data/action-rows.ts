import { actionEvent, Outcome, type ActionData } from "./actions.js";
import type { AttributeColumn } from "./attribute-column.js";
import type { TrainingData } from "./training-data.js";

/** What one user did about one action, with external ids. */
export interface ActionRow {
  readonly user: string;
  readonly action: string;
  readonly outcome: keyof typeof Outcome;
  /** Unix time in seconds. */
  readonly timestamp: number;
}

/**
 * Action data from rows in order of arrival: actions get their indices in order of first appearance, each user's events are
 * sorted by time, and equal times keep their order of arrival.
 * @param data whose users they are; rows of other users are left out
 * @param actionIds actions to know before any other, in this order: those of the Actions dataset
 * @param attributes their columns, aligned with `actionIds`; actions that follow get `null`
 */
export function actionDataOf(
  { userIds }: Pick<TrainingData, "userIds">,
  rows: readonly ActionRow[],
  actionIds: readonly string[] = [],
  attributes: Readonly<Record<string, AttributeColumn>> = {},
): ActionData {
  const actions = new Map(actionIds.map((id, index) => [id, index]));
  const users = new Map(userIds.map((id) => [id, [] as { event: number; timestamp: number }[]]));
  for (const { user, action, outcome, timestamp } of rows) {
    const index = actions.get(action) ?? actions.size;
    actions.set(action, index);
    users.get(user)?.push({ event: actionEvent(index, Outcome[outcome]), timestamp });
  }
  const ordered = [...users.values()].map((own) => own.sort((a, b) => a.timestamp - b.timestamp));
  const offsets = new Int32Array(userIds.length + 1);
  ordered.forEach((own, user) => (offsets[user + 1] = offsets[user]! + own.length));
  const filled = ([name, column]: [string, AttributeColumn]): [string, AttributeColumn] => [
    name,
    Array.from({ length: actions.size }, (_, action) => column[action] ?? null),
  ];
  return {
    actionIds: [...actions.keys()],
    attributes: Object.fromEntries(Object.entries(attributes).map(filled)),
    offsets,
    events: Int32Array.from(ordered.flat(), ({ event }) => event),
    timestamps: Float64Array.from(ordered.flat(), ({ timestamp }) => timestamp),
  };
}
