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

/** Sorted chunks of bounded size: an insertion moves at most one chunk's entries, however many there are. */
export function createSortedMap<Value>(): SortedMap<Value> {
  const chunks: Entry<Value>[][] = [];

  function chunkIndexFor(key: string): number {
    return lowerBound(chunks.length, (index) => (chunks[index]?.at(-1)?.key ?? "") < key);
  }

  return {
    get(key) {
      const chunk = chunks[chunkIndexFor(key)] ?? [];
      const entry = chunk[positionIn(chunk, key)];
      return entry?.key === key ? entry.value : undefined;
    },
    set(key, value) {
      const chunkIndex = Math.min(chunkIndexFor(key), Math.max(chunks.length - 1, 0));
      const chunk = chunks[chunkIndex];
      if (chunk === undefined) {
        chunks.push([{ key, value }]);
        return;
      }
      const at = positionIn(chunk, key);
      if (chunk[at]?.key === key) {
        chunk[at] = { key, value };
        return;
      }
      chunk.splice(at, 0, { key, value });
      if (chunk.length > LARGEST_CHUNK) chunks.splice(chunkIndex + 1, 0, chunk.splice(LARGEST_CHUNK / 2));
    },
    delete(key) {
      const chunkIndex = chunkIndexFor(key);
      const chunk = chunks[chunkIndex];
      if (chunk === undefined) return;
      const at = positionIn(chunk, key);
      if (chunk[at]?.key !== key) return;
      chunk.splice(at, 1);
      if (chunk.length === 0) chunks.splice(chunkIndex, 1);
    },
    *ascend(from) {
      let at: number | undefined;
      for (let chunkIndex = chunkIndexFor(from); chunkIndex < chunks.length; chunkIndex++) {
        const chunk = chunks[chunkIndex] ?? [];
        at = at === undefined ? positionIn(chunk, from) : 0;
        for (; at < chunk.length; at++) {
          const entry = chunk[at];
          if (entry !== undefined) yield entry;
        }
      }
    },
    *descend(below) {
      for (
        let chunkIndex = Math.min(chunkIndexFor(below), chunks.length - 1);
        chunkIndex >= 0;
        chunkIndex--
      ) {
        const chunk = chunks[chunkIndex] ?? [];
        for (let at = positionIn(chunk, below) - 1; at >= 0; at--) {
          const entry = chunk[at];
          if (entry !== undefined) yield entry;
        }
      }
    },
  };
}

function positionIn<Value>(chunk: readonly Entry<Value>[], key: string): number {
  return lowerBound(chunk.length, (index) => (chunk[index]?.key ?? "") < key);
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
