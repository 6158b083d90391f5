/** Named character references that descriptions really use; every other one is left as it stands. */
const NAMED: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  ndash: "–",
  mdash: "—",
  hellip: "…",
  lsquo: "‘",
  rsquo: "’",
  ldquo: "“",
  rdquo: "”",
  euro: "€",
  copy: "©",
  reg: "®",
  trade: "™",
  auml: "ä",
  ouml: "ö",
  uuml: "ü",
  Auml: "Ä",
  Ouml: "Ö",
  Uuml: "Ü",
  szlig: "ß",
  eacute: "é",
  egrave: "è",
  agrave: "à",
  ccedil: "ç",
  ntilde: "ñ",
};

/** What is never read: scripts and styles with all that is in them, and comments. */
const UNREAD = /<(script|style)\b[^>]*>[\s\S]*?<\/\1\s*>|<!--[\s\S]*?-->/gi;
/** Tags at which a reader sees a new line or a new cell, so a phrase ends there. */
const BREAKS = /<\/?(?:p|div|br|li|ul|ol|h[1-6]|tr|td|th|table|section|article|dd|dt|hr)\b[^>]*>/gi;
/** Every other tag. Text such as "a < b" has no letter right after the bracket and stays. */
const TAGS = /<\/?[a-z][^<>]*>/gi;
const REFERENCES = /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/gi;

function decoded(whole: string, decimal?: string, hexadecimal?: string, name?: string): string {
  if (name !== undefined) return NAMED[name] ?? NAMED[name.toLowerCase()] ?? whole;
  const code = decimal === undefined ? Number.parseInt(hexadecimal!, 16) : Number(decimal);
  return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : whole;
}

/**
 * What a reader of the text sees: without HTML tags, scripts, styles and comments, with character references decoded, in
 * Unicode's compatibility form (full-width letters and ligatures become usual ones). Tags that begin a new line become a
 * line break, all others a space.
 */
export function plainText(text: string): string {
  let plain = text;
  if (plain.includes("<")) plain = plain.replace(UNREAD, " ").replace(BREAKS, "\n").replace(TAGS, " ");
  if (plain.includes("&")) plain = plain.replace(REFERENCES, decoded);
  return plain.normalize("NFKC");
}
