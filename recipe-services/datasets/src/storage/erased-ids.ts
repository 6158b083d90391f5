import { hashOfDeletedId } from "@palate/host";
import { DeletionKind, type ChangeBatch } from "@palate/proto/dataset";
import type { Erasure } from "../schema/manifest.js";
import { literal } from "./duckdb.js";

/** The hash by which a session of a deleted user is remembered; a user of the same name is somebody else. */
export function hashOfSession(salt: string, id: string): string {
  return hashOfDeletedId(salt, SESSION_MARK + id);
}

const SESSION_MARK = "session:";

/** The ids of one deletion, known by their hashes only. */
export class ErasedIds {
  /** Whether they are users or items. */
  readonly kind: DeletionKind;
  readonly #salt: string;
  readonly #hashes: ReadonlySet<string>;
  /** What was looked up lately: the same ids come again and again. */
  readonly #known = new Map<string, boolean>();

  constructor({ kind, salt, hashes }: Pick<Erasure, "kind" | "salt" | "hashes">) {
    this.kind = kind;
    this.#salt = salt;
    this.#hashes = new Set(hashes);
  }

  /** Whether an id is one of them. */
  has(id: string): boolean {
    if (id === "") return false;
    let found = this.#known.get(id);
    if (found === undefined) {
      found = this.#hashes.has(hashOfDeletedId(this.#salt, id));
      if (this.#known.size >= MOST_KNOWN) this.#known.clear();
      this.#known.set(id, found);
    }
    return found;
  }

  /** Whether what an anonymous session did is to go: it was one of a deleted user's, or stood for one itself. */
  hasSession(id: string): boolean {
    return this.has(id) || (id !== "" && this.has(SESSION_MARK + id));
  }

  /** How many hashes there are. */
  get size(): number {
    return this.#hashes.size;
  }

  /**
   * The SQL that tells whether an expression is one of them; false for null.
   * @param joined by a join: quick with thousands of ids, but neither in lambdas nor with rows in their order
   */
  test(expression: string, joined = false): string {
    if (this.#hashes.size === 0) return "false";
    const list = [...this.#hashes].map(literal).join(", ");
    const among = joined ? `SELECT unnest([${list}])` : list;
    return `coalesce(sha256(${literal(this.#salt)} || ${expression}) IN (${among}), false)`;
  }

  /** The SQL that tells whether an expression is a session whose events are to go; false for null. */
  testSession(expression: string, joined = false): string {
    return `(${this.test(expression, joined)} OR ${this.test(`${literal(SESSION_MARK)} || ${expression}`, joined)})`;
  }
}

/** Ids whose lookups are kept. */
const MOST_KNOWN = 200_000;

/** Records without those about deleted ids. */
export interface LivingRecords {
  /** What is left, or the batch itself when nothing had to go. */
  readonly batch: ChangeBatch;
  /** Records that are gone, and impressions that were shortened. */
  readonly rows: number;
}

/** The records of a commit without those about deleted users or items. */
export function livingRecords(batch: ChangeBatch, erased: ErasedIds): LivingRecords {
  return erased.kind === DeletionKind.DELETION_KIND_USERS ? withoutUsers(batch, erased) : withoutItems(batch, erased);
}

function withoutUsers(batch: ChangeBatch, erased: ErasedIds): LivingRecords {
  const lives = ({ userId, sessionId }: { readonly userId: string; readonly sessionId: string }) =>
    userId === "" ? !erased.hasSession(sessionId) : !erased.has(userId);
  const interactions = batch.interactions.filter(lives);
  const actionInteractions = batch.actionInteractions.filter(lives);
  const users = batch.users.filter(({ userId }) => !erased.has(userId));
  const rows =
    batch.interactions.length -
    interactions.length +
    (batch.actionInteractions.length - actionInteractions.length) +
    (batch.users.length - users.length);
  return { batch: rows === 0 ? batch : { ...batch, interactions, actionInteractions, users }, rows };
}

function withoutItems(batch: ChangeBatch, erased: ErasedIds): LivingRecords {
  const items = batch.items.filter(({ itemId }) => !erased.has(itemId));
  let rows = batch.items.length - items.length;
  const interactions = batch.interactions.flatMap((interaction) => {
    if (erased.has(interaction.itemId)) {
      rows++;
      return [];
    }
    const impression = interaction.impression.filter((id) => !erased.has(id));
    if (impression.length === interaction.impression.length) return [interaction];
    rows++;
    return [{ ...interaction, impression }];
  });
  return { batch: rows === 0 ? batch : { ...batch, items, interactions }, rows };
}
