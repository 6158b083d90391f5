import { invalidArgument, type PalateError } from "@palate/host";
import { fnv1a } from "@palate/numeric";
import { crc32, deflateRawSync, inflateRawSync } from "node:zlib";

/**
 * What a page token says: which items the pages before showed. An answer leaves them out and is else made from what is known now.
 * So no item comes twice and none is lost, whatever happened in between, and it is exact on every instance and after every
 * restart, since nothing is kept on the service: a list kept there would be gone with it, would take memory for each first page,
 * most of which have no second, and would show what was hidden or deleted meanwhile. Ids stand in the token as they are, not as
 * hashes, which could be those of other items, nor as numbers of the replica, which another instance counts otherwise.
 */
export interface PageToken {
  /** Ids of the items, or actions, that were shown, in their order. */
  readonly shown: readonly string[];
  /**
   * Interactions of the user that were known at the first page. Only those count as seen: an item that the user chooses between two
   * pages stays where it is in the list.
   */
  readonly historyLength: number;
}

/** Most items of the pages of one list: as many as one answer may have. Keeps tokens, and what a page costs, bounded. */
const MAX_SHOWN = 10_000;
/** Bytes of a token's content: more than ids of the greatest length take. */
const MAX_BYTES = 16 * 1024 * 1024;
/** Bytes from which a content is compressed; below, it would be hardly shorter, and first pages are to be quick. */
const COMPRESSED_FROM = 2_048;

const FORM = /^([\w-]+)\.(\d{1,5})$/;

/** What a list was asked for with: a token is for the question that it was made for. */
export interface ListQuestion {
  readonly datasetGroup: string;
  readonly campaign: string;
  /** Empty where nobody is named. */
  readonly userId: string;
  /** All else that decides about the list but the data, the model and the time, by the names that callers know. */
  readonly others: Readonly<Record<string, unknown>>;
}

/** The token of the page that follows those which showed these items. */
export function encodePageToken(question: ListQuestion, { shown, historyLength }: PageToken): string {
  const plain = Buffer.from(JSON.stringify([...hashesOf(question), historyLength, ...shown]));
  const content = plain.length < COMPRESSED_FROM ? plain : deflateRawSync(plain);
  const head = Buffer.alloc(5);
  head.writeUInt32LE(crc32(content));
  head[4] = content === plain ? 0 : 1;
  return `${Buffer.concat([head, content]).toString("base64url")}.${shown.length}`;
}

/**
 * What a page token says; undefined for an empty one, which is the first page's.
 * @throws PalateError `invalid_argument` when it is none, or one of another question, or when the list ends there
 */
export function decodePageToken(token: string, asked: ListQuestion): PageToken | undefined {
  if (token === "") return undefined;
  const [, encoded = "", count = ""] = FORM.exec(token) ?? [];
  const content = contentOf(Buffer.from(encoded, "base64url"));
  const [campaign, user, rest, historyLength, ...shown] = content ?? [];
  if (typeof historyLength !== "number" || shown.length < Number(count))
    throw refused("is none; take next_page_token, pageInfo.endCursor or an edge's cursor as it is");
  const question = hashesOf(asked);
  if (campaign !== question[0]) throw refused("is of another campaign's list; begin with the first page");
  if (user !== question[1]) throw refused("is of another user's list; begin with the first page");
  if (rest !== question[2])
    throw refused(
      `is of a list with other arguments (${Object.keys(asked.others).join(", ")}); ` +
        "keep them from page to page, or begin with the first page",
    );
  if (Number(count) >= MAX_SHOWN)
    throw refused(`is after ${count} items, where pages of a list end; narrow it with a filter`);
  return { shown: shown.slice(0, Number(count)).map(String), historyLength };
}

function refused(message: string): PalateError {
  return invalidArgument(`page_token (after, in GraphQL) ${message}.`, [{ field: "page_token", message }]);
}

/** The content of a token; undefined when the bytes are none. */
function contentOf(bytes: Buffer): readonly unknown[] | undefined {
  if (bytes.length < 5) return undefined;
  const content = bytes.subarray(5);
  if (bytes.readUInt32LE() !== crc32(content)) return undefined;
  try {
    const plain = bytes[4] === 0 ? content : inflateRawSync(content, { maxOutputLength: MAX_BYTES });
    const values: unknown = JSON.parse(plain.toString());
    return Array.isArray(values) ? (values as unknown[]) : undefined;
  } catch {
    return undefined;
  }
}

function hashesOf({ datasetGroup, campaign, userId, others }: ListQuestion): readonly number[] {
  return [fnv1a(JSON.stringify([datasetGroup, campaign])), fnv1a(userId), fnv1a(JSON.stringify(others, inOrder))];
}

/** For JSON that does not depend on the order of an object's entries, which clients are free in. */
function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
