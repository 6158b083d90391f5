import { filterInteractions, type TrainingData } from "../data/training-data.js";

/** Every user's interactions split by time. Both parts keep the same user and item indices. */
export interface SegmentSplit {
  /** What models may learn from. */
  readonly fit: TrainingData;
  /** What the users did next. */
  readonly next: TrainingData;
}

/** Share of each user's interactions that is held out. */
const HELD_OUT_SHARE = 0.2;

/**
 * Amazon Personalize's split for user segmentation: the oldest 80 % of every user's interactions are the input, the
 * newest 20 % (rounded up) the truth. Users with a single interaction keep it.
 */
export function segmentSplit(data: TrainingData): SegmentSplit {
  const firstHeldOut = Float64Array.from(data.userIds, (_, user) => {
    const start = data.offsets[user]!;
    const length = data.offsets[user + 1]! - start;
    return length < 2 ? Infinity : start + length - Math.ceil(HELD_OUT_SHARE * length);
  });
  return {
    fit: filterInteractions(data, (interaction, user) => interaction < firstHeldOut[user]!),
    next: filterInteractions(data, (interaction, user) => interaction >= firstHeldOut[user]!),
  };
}
