/** How much an objective counts beside relevance. */
export type ObjectiveSensitivity = "OFF" | "LOW" | "MEDIUM" | "HIGH";

/** The optimisation objective, in addition to relevance. */
export interface Objective {
  /** A numeric item metadata column; the more the better. */
  readonly column: string;
  readonly sensitivity: ObjectiveSensitivity;
}
