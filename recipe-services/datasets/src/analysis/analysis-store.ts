import { DataAnalysis, type DatasetType } from "@palate/proto/dataset";
import type { KeyRing } from "@palate/encryption";
import { Binary, type Collection } from "mongodb";
import type { ErasedIds } from "../storage/erased-ids.js";
import { guarded, type Store } from "../storage/store.js";
import { withoutQuoted } from "./finding-text.js";

/** An analysis as it is stored. */
interface AnalysisDocument {
  /** Log id of the group, then the job ("job|NAME"), or the dataset whose last import it is of ("last|TYPE"). */
  readonly _id: string;
  /** Log id of the group. */
  readonly logId: string;
  /** The message; encrypted where {@link sealed} says so. */
  readonly analysis: Binary;
  readonly sealed?: boolean;
}

/** What analyses are encrypted as: messages with one key. */
const SCOPE = "analyses";

/** Keeps the analyses of imports. */
export class AnalysisStore {
  readonly #collection: Collection<AnalysisDocument>;
  readonly #keys: KeyRing;

  constructor({ db, keys }: Pick<Store, "db" | "keys">) {
    this.#collection = db.collection("analyses");
    this.#keys = keys;
  }

  /** Stores the analysis of a job. */
  write(logId: string, analysis: DataAnalysis): Promise<void> {
    return this.#write(logId, `job|${analysis.jobName}`, analysis);
  }

  /** Stores the analysis that the next one of its dataset is to be compared with. */
  writeLast(logId: string, analysis: DataAnalysis): Promise<void> {
    return this.#write(logId, `last|${analysis.datasetType}`, analysis);
  }

  /** The analysis of a job, or undefined. */
  read(logId: string, jobName: string): Promise<DataAnalysis | undefined> {
    return this.#read(logId, `job|${jobName}`);
  }

  /** The analysis of the last import into a dataset, or undefined. */
  readLast(logId: string, type: DatasetType): Promise<DataAnalysis | undefined> {
    return this.#read(logId, `last|${type}`);
  }

  /**
   * Takes deleted ids out of the most frequent values of every column, and out of findings.
   * @returns how many values that was for each deletion
   */
  async erase(logId: string, deletions: readonly ErasedIds[]): Promise<number[]> {
    const removed = deletions.map(() => 0);
    const aboutEach = (value: string) => deletions.map((one) => value.split("|").some((id) => one.has(id)));
    for (const document of await guarded(this.#collection.find({ logId }).toArray())) {
      const { _id } = document;
      const decoded = await this.#decode(document);
      let changed = false;
      for (const column of decoded.columns) {
        const gone = column.topValues.filter(({ value }) => aboutEach(value).includes(true));
        if (gone.length === 0) continue;
        changed = true;
        for (const { value } of gone) aboutEach(value).forEach((is, i) => (removed[i]! += is ? 1 : 0));
        column.topValues = column.topValues.filter((value) => !gone.includes(value));
      }
      for (const finding of decoded.findings) {
        const message = withoutQuoted(finding.message, (value) => {
          const about = aboutEach(value);
          about.forEach((is, i) => (removed[i]! += is ? 1 : 0));
          return about.includes(true);
        });
        changed ||= message !== finding.message;
        finding.message = message;
      }
      if (!changed) continue;
      const $set = await this.#encode(_id, logId, decoded);
      await guarded(this.#collection.updateOne({ _id }, { $set }));
    }
    return removed;
  }

  /** Removes those of a group. */
  async removeAll(logId: string): Promise<void> {
    for (const { _id } of await guarded(this.#collection.find({ logId }, { projection: { _id: 1 } }).toArray())) {
      await guarded(this.#collection.deleteOne({ _id }));
    }
  }

  async #write(logId: string, key: string, analysis: DataAnalysis): Promise<void> {
    const _id = `${logId}|${key}`;
    const document = { logId, ...(await this.#encode(_id, logId, analysis)) };
    await guarded(this.#collection.replaceOne({ _id }, document, { upsert: true }));
  }

  async #read(logId: string, key: string): Promise<DataAnalysis | undefined> {
    const document = await guarded(this.#collection.findOne({ _id: `${logId}|${key}` }));
    return document === null ? undefined : this.#decode(document);
  }

  async #encode(
    id: string,
    logId: string,
    analysis: DataAnalysis,
  ): Promise<Pick<AnalysisDocument, "analysis" | "sealed">> {
    const plain = DataAnalysis.encode(analysis).finish();
    const sealed = await this.#keys.cipherOf(logId).seal(SCOPE, `analyses|${id}`, plain);
    return sealed ? { analysis: new Binary(sealed), sealed: true } : { analysis: new Binary(plain) };
  }

  async #decode({ _id, logId, analysis, sealed }: AnalysisDocument): Promise<DataAnalysis> {
    const bytes = analysis.buffer;
    if (sealed !== true) return DataAnalysis.decode(bytes);
    return DataAnalysis.decode(await this.#keys.cipherOf(logId).open(SCOPE, `analyses|${_id}`, bytes));
  }
}
