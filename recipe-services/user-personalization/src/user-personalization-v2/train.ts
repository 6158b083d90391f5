/** The training is that of every recipe on the sequence model. */
export { trainSequenceRecipe as train } from "@palate/sequence";
