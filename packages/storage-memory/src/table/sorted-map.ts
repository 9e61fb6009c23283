const LARGEST_CHUNK = 256;

interface Entry<Value> {
  readonly key: string;
  readonly value: Value;
}

/** A map ordered by key (UTF-16 code units). Don't change it while iterating. */
export interface SortedMap<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
  /** Values from the first key that is not below `from`, upwards. */
  ascend(from: string): Generator<Entry<Value>>;
  /** Values from the last key below `below`, downwards. */
  descend(below: string): Generator<Entry<Value>>;
}

/** Keys in their order, and beside each its value: an object for each entry would be one more for each row and index. */
interface Chunk<Value> {
  readonly keys: string[];
  readonly values: Value[];
}

const EMPTY: Chunk<never> = { keys: [], values: [] };

/** Sorted chunks of bounded size: an insertion moves at most one chunk's entries, however many there are. */
export function createSortedMap<Value>(): SortedMap<Value> {
  const chunks: Chunk<Value>[] = [];

  function chunkIndexFor(key: string): number {
    return lowerBound(chunks.length, (index) => (chunks[index]?.keys.at(-1) ?? "") < key);
  }

  return {
    get(key) {
      const chunk = chunks[chunkIndexFor(key)];
      const at = positionIn(chunk, key);
      return chunk?.keys[at] === key ? chunk.values[at] : undefined;
    },
    set(key, value) {
      const chunkIndex = Math.min(chunkIndexFor(key), Math.max(chunks.length - 1, 0));
      const chunk = chunks[chunkIndex];
      if (chunk === undefined) {
        chunks.push({ keys: [key], values: [value] });
        return;
      }
      const { keys, values } = chunk;
      const at = positionIn(chunk, key);
      const replaced = keys[at] === key ? 1 : 0;
      keys.splice(at, replaced, key);
      values.splice(at, replaced, value);
      if (keys.length <= LARGEST_CHUNK) return;
      const half = LARGEST_CHUNK / 2;
      chunks.splice(chunkIndex + 1, 0, { keys: keys.splice(half), values: values.splice(half) });
    },
    delete(key) {
      const chunkIndex = chunkIndexFor(key);
      const chunk = chunks[chunkIndex];
      const at = positionIn(chunk, key);
      if (chunk?.keys[at] !== key) return;
      chunk.keys.splice(at, 1);
      chunk.values.splice(at, 1);
      if (chunk.keys.length === 0) chunks.splice(chunkIndex, 1);
    },
    *ascend(from) {
      let at: number | undefined;
      for (let chunkIndex = chunkIndexFor(from); chunkIndex < chunks.length; chunkIndex++) {
        const chunk = chunks[chunkIndex];
        at = at === undefined ? positionIn(chunk, from) : 0;
        for (; chunk !== undefined && at < chunk.keys.length; at++) yield entryAt(chunk, at);
      }
    },
    *descend(below) {
      for (
        let chunkIndex = Math.min(chunkIndexFor(below), chunks.length - 1);
        chunkIndex >= 0;
        chunkIndex--
      ) {
        const chunk = chunks[chunkIndex];
        for (let at = positionIn(chunk, below) - 1; chunk !== undefined && at >= 0; at--)
          yield entryAt(chunk, at);
      }
    },
  };
}

function positionIn(chunk: Chunk<unknown> | undefined, key: string): number {
  const { keys } = chunk ?? EMPTY;
  return lowerBound(keys.length, (index) => (keys[index] ?? "") < key);
}

function entryAt<Value>({ keys, values }: Chunk<Value>, at: number): Entry<Value> {
  return { key: keys[at] ?? "", value: values[at] as Value };
}

/** The first index in 0…length for which `isBelow` is false. */
function lowerBound(length: number, isBelow: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBelow(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
