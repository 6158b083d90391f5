/** Whether anybody reads metrics: until then counting costs a comparison. */
export const metricsState = { on: false };
