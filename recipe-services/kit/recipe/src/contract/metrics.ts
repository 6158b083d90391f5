/** Metrics by name, such as `coverage`. */
export type Metrics = Readonly<Record<string, number>>;

/** Lower and upper end of an interval. */
export type Interval = readonly [low: number, high: number];
