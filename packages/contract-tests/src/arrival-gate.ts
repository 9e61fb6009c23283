/** A gate that opens once everybody is there, so that a race really starts together. */
export interface ArrivalGate {
  /** Resolves for all when the last participant has arrived. */
  arrive(): Promise<void>;
}

/**
 * Makes a gate for `participants` arrivals.
 * @example
 * const gate = createGate(8);
 * await Promise.all(runners.map(async (runner) => { await gate.arrive(); await runner.claim(); }));
 */
export function createGate(participants: number): ArrivalGate {
  let arrived = 0;
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return {
    arrive() {
      arrived += 1;
      if (arrived >= participants) open();
      return opened;
    },
  };
}

/** Runs `count` calls that all pass one gate before they begin, and returns what they came to. */
export async function race<T>(count: number, call: (index: number) => Promise<T>): Promise<T[]> {
  const gate = createGate(count);
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      await gate.arrive();
      return call(index);
    }),
  );
}
