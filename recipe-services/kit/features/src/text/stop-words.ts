/** Words that a phrase neither begins nor ends with, of the languages that shops and catalogues are mostly written in. */
const LISTS = [
  // English
  "a an and are as at be been but by do does for from had has have he her his how i if in into is it its me more most my no nor not of off on or our out over own she so some such than that the their them then there these they this those to too up us very was we were what when which who will with you your yours also only just all any each both few other same s t",
  // German
  "der die das ein eine einer eines einem einen und oder aber mit von vom zu zum zur im in ins am an auf aus bei fur durch gegen ohne um unter uber vor nach wie als auch nicht kein keine ist sind war wird werden hat haben sich sie er es wir ihr ihre sein seine dem den des so nur noch mehr",
  // French
  "le la les l un une des du de d et ou mais avec sans pour par sur sous dans en au aux a est sont etait etre a ont il elle ils elles nous vous ce cet cette ces son sa ses leur leurs qui que qu ne pas plus se tres",
  // Spanish and Portuguese
  "el la los las un una unos unas y e o u pero con sin para por sobre en de del al es son era ser ha han su sus que se no mas muy lo le como este esta estos estas os as um uma uns umas em do da dos das no na nos nas ao aos com sem mais",
  // Italian and Dutch
  "il lo gli i uno e ed ma con senza per su di da nel nella che non si sono come het een en of maar met zonder voor door op van is zijn was niet dat die dit te om ook",
];

const WORDS = new Set(LISTS.flatMap((list) => list.split(" ")));

/** Whether a lower-case word without accents is a stop word. */
export function isStopWord(word: string): boolean {
  return WORDS.has(word);
}
