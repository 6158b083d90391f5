import type { LastDeletion } from "@palate/store";

/** Whether data was deleted after a version had read it. A cursor is a log's id, a point and a number. */
export function isDeletedSince(cursor: string, deletion: LastDeletion | undefined): boolean {
  if (deletion === undefined || cursor === "") return false;
  const [log, sequence] = cursor.split(".");
  const [deletionLog, deletionSequence] = deletion.cursor.split(".");
  return log === deletionLog && Number(sequence) < Number(deletionSequence);
}
