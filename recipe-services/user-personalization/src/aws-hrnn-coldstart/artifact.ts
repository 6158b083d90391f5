/** The artefact is that of every recipe on the recurrent network. */
export { fromHrnnArtifact as fromArtifact, toHrnnArtifact as toArtifact } from "../hrnn/hrnn-artifact.js";
