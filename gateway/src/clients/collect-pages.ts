/** Rows asked for in one call while a whole list is read. */
const PAGE_SIZE = 1_000;

/**
 * Reads a list that a service gives in pages to its end. Lists of resources are short (names and settings, no data), and
 * only whole lists of several services can be merged, counted and paged with cursors of our own.
 */
export async function collectPages<Row>(
  readPage: (pageSize: number, pageToken: string) => Promise<{ rows: readonly Row[]; nextPageToken: string }>,
): Promise<Row[]> {
  const rows: Row[] = [];
  let token = "";
  do {
    const page = await readPage(PAGE_SIZE, token);
    rows.push(...page.rows);
    token = page.nextPageToken;
  } while (token !== "");
  return rows;
}
