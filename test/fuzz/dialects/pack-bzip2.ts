/** Bits, the highest first. */
class Bits {
  readonly #bytes: number[] = [];
  #byte = 0;
  #count = 0;

  put(value: number, bits: number): void {
    for (let bit = bits - 1; bit >= 0; bit--) {
      this.#byte = (this.#byte << 1) | ((value >>> bit) & 1);
      if (++this.#count < 8) continue;
      this.#bytes.push(this.#byte);
      this.#byte = this.#count = 0;
    }
  }

  end(): Buffer {
    while (this.#count > 0) this.put(0, 1);
    return Buffer.from(this.#bytes);
  }
}

/** Symbols that one table is chosen for. */
const GROUP = 50;

/** Bytes as a bzip2 file of one block. All symbols have codes of the same length. */
export function packBzip2(plain: Buffer): Buffer {
  const bits = new Bits();
  for (const byte of Buffer.from("BZh9")) bits.put(byte, 8);
  const checksum = crc(plain);
  if (plain.length > 0) putBlock(bits, plain, checksum);
  bits.put(0x177245, 24);
  bits.put(0x385090, 24);
  bits.put(plain.length > 0 ? checksum : 0, 32);
  return bits.end();
}

function putBlock(bits: Bits, plain: Buffer, checksum: number): void {
  const { last, origin } = rotated(runs(plain));
  const used = [...new Set(last)].sort((a, b) => a - b);
  const symbols = moved(last, used);
  bits.put(0x314159, 24);
  bits.put(0x265359, 24);
  bits.put(checksum, 32);
  bits.put(0, 1);
  bits.put(origin, 24);
  for (let high = 0; high < 16; high++) bits.put(used.some((byte) => byte >> 4 === high) ? 1 : 0, 1);
  for (let high = 0; high < 16; high++) {
    if (!used.some((byte) => byte >> 4 === high)) continue;
    for (let low = 0; low < 16; low++) bits.put(used.includes(16 * high + low) ? 1 : 0, 1);
  }
  const groups = Math.ceil(symbols.length / GROUP);
  const count = used.length + 2;
  const length = Math.max(1, Math.ceil(Math.log2(count)));
  bits.put(2, 3);
  bits.put(groups, 15);
  for (let group = 0; group < groups; group++) bits.put(0, 1);
  for (let table = 0; table < 2; table++) {
    bits.put(length, 5);
    for (let symbol = 0; symbol < count; symbol++) bits.put(0, 1);
  }
  for (const symbol of symbols) bits.put(symbol, length);
}

/** Runs of equal bytes: behind four, a byte says how many more there are. */
function runs(plain: Buffer): Buffer {
  const out: number[] = [];
  for (let at = 0; at < plain.length;) {
    let end = at + 1;
    while (end < plain.length && end - at < 255 && plain[end] === plain[at]) end++;
    const count = end - at;
    for (let each = 0; each < Math.min(count, 4); each++) out.push(plain[at]!);
    if (count >= 4) out.push(count - 4);
    at = end;
  }
  return Buffer.from(out);
}

/** The last bytes of all rotations in order (Burrows and Wheeler 1994), and where the text itself is among them. */
function rotated(text: Buffer): { last: number[]; origin: number } {
  const { length } = text;
  const twice = Buffer.concat([text, text]);
  const order = Array.from({ length }, (_, start) => start);
  order.sort((a, b) => twice.compare(twice, b, b + length, a, a + length) || a - b);
  return { last: order.map((start) => twice[start + length - 1]!), origin: order.indexOf(0) };
}

/** Places in the list of bytes seen last, runs of the first place in a binary system of two digits, and an end. */
function moved(bytes: readonly number[], used: readonly number[]): number[] {
  const list = [...used];
  const symbols: number[] = [];
  let zeros = 0;
  const endRun = () => {
    for (; zeros > 0; zeros = (zeros - 1) >> 1) symbols.push((zeros - 1) & 1);
  };
  for (const byte of bytes) {
    const place = list.indexOf(byte);
    if (place === 0) zeros++;
    else {
      endRun();
      symbols.push(place + 1);
      list.unshift(...list.splice(place, 1));
    }
  }
  endRun();
  symbols.push(used.length + 1);
  return symbols;
}

function crc(bytes: Buffer): number {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) value = (value & 0x80000000) !== 0 ? (value << 1) ^ 0x04c11db7 : value << 1;
  }
  return ~value >>> 0;
}
