/** The artefact is that of every recipe on the sequence model. */
export { fromSequenceArtifact as fromArtifact, toSequenceArtifact as toArtifact } from "@palate/sequence";
