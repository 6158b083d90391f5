/** A number as people read it: "1,000,209". */
export function count(value: number): string {
  return value.toLocaleString("en");
}

/** A number and what it counts: "1 row", "2 rows". */
export function counted(value: number, one: string, several = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : several}`;
}

/** Bytes in the unit that suits them: "24.6 MB". */
export function bytes(value: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let unit = 0;
  let rest = value;
  for (; rest >= 1000 && unit < units.length - 1; unit++) rest /= 1000;
  return unit === 0 ? counted(value, "byte") : `${rest.toFixed(1)} ${units[unit]}`;
}

/** Seconds as people read them: "0.4 s", "45 s", "3 min". */
export function seconds(value: number): string {
  if (value < 10) return `${value.toFixed(1)} s`;
  return value < 90 ? `${Math.round(value)} s` : `${Math.round(value / 60)} min`;
}

/** Text cut to a width, with a sign that it was. */
export function cut(text: string, width: number): string {
  const [first = ""] = text.split(/\r?\n/, 1);
  const line = first.length < text.length ? `${first}…` : first;
  return line.length <= width ? line : `${line.slice(0, Math.max(1, width - 1)).trimEnd()}…`;
}
