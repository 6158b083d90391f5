import { SimdArena, type Region } from "@palate/numeric";

/** Items that a further block holds: those that arrived after training. */
const BLOCK = 1024;

interface Block {
  readonly first: number;
  count: number;
  readonly arena: SimdArena;
  readonly query: Region<Float32Array>;
  readonly vectors: Region<Float32Array>;
  readonly products: Region<Float32Array>;
  readonly bias: Float32Array;
}

/** Vectors and biases of items, scanned with SIMD kernels; items can be added at the end at any time. */
export class ItemVectors {
  readonly #width: number;
  readonly #blocks: Block[] = [];
  #count = 0;

  /**
   * @param width length of a vector; a multiple of 4
   * @param capacity items to make room for at once
   */
  constructor(width: number, capacity: number) {
    this.#width = width;
    this.#addBlock(Math.max(1, capacity));
  }

  /** How many items there are. */
  get count(): number {
    return this.#count;
  }

  /** Adds an item and gives its number. */
  add(vector: Float32Array, bias: number): number {
    let block = this.#blocks.at(-1)!;
    if (block.count === block.bias.length) block = this.#addBlock(BLOCK);
    block.vectors.view.set(vector, block.count * this.#width);
    block.bias[block.count++] = bias;
    return this.#count++;
  }

  /** Replaces an item. */
  set(item: number, vector: Float32Array, bias: number): void {
    const block = this.#blockOf(item);
    block.vectors.view.set(vector, (item - block.first) * this.#width);
    block.bias[item - block.first] = bias;
  }

  /** An item's vector: a view. */
  vector(item: number): Float32Array {
    const block = this.#blockOf(item);
    const from = (item - block.first) * this.#width;
    return block.vectors.view.subarray(from, from + this.#width);
  }

  /** Writes `query · vector + bias` of every item into `out`. */
  scoresInto(query: Float32Array, out: Float32Array): void {
    for (const { first, count, arena, query: own, vectors, products, bias } of this.#blocks) {
      own.view.set(query);
      arena.kernels.dotScan(own.pointer, vectors.pointer, count, this.#width, products.pointer);
      const values = products.view;
      for (let at = 0; at < count; at++) out[first + at] = values[at]! + bias[at]!;
    }
  }

  #blockOf(item: number): Block {
    const blocks = this.#blocks;
    const firstSize = blocks[0]!.bias.length;
    return item < firstSize ? blocks[0]! : blocks[1 + Math.floor((item - firstSize) / BLOCK)]!;
  }

  #addBlock(capacity: number): Block {
    const width = this.#width;
    const arena = new SimdArena(
      SimdArena.bytes(width, 4) + SimdArena.bytes(capacity * width, 4) + SimdArena.bytes(capacity, 4),
    );
    const block = {
      first: this.#count,
      count: 0,
      arena,
      query: arena.float32(width),
      vectors: arena.float32(capacity * width),
      products: arena.float32(capacity),
      bias: new Float32Array(capacity),
    };
    this.#blocks.push(block);
    return block;
  }
}
