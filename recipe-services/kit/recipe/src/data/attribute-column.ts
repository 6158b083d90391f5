/** Values of one metadata column, one for each item or user; `null` where there is none. */
export type AttributeColumn = readonly (string | number | boolean | null)[];
