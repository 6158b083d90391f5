import { FileFormat } from "@palate/proto/dataset";
import type { ValueMarks } from "./normalise-line-ends.js";

/** How a file is to be read, as far as its bytes go. */
export interface FileReading {
  /** Its format; unspecified when its content and name tell. */
  readonly format: FileFormat;
  /** The encoding of a text without a byte order mark; "" is UTF-8. */
  readonly encoding: string;
  /** Where in a JSON document the rows are; "" is the document itself. */
  readonly rowsPath: string;
  /**
   * What tells values and records apart.
   * @param delimiter what separates values unless something else was stated
   */
  marks(delimiter: string): ValueMarks;
}

/** Reads a file as its content and name tell, with separated values as RFC 4180 has them. */
export const USUAL_READING: FileReading = {
  format: FileFormat.FILE_FORMAT_UNSPECIFIED,
  encoding: "",
  rowsPath: "",
  marks: (delimiter) => ({ delimiter, quote: '"', escape: '"', skipLines: 0, comment: "" }),
};
