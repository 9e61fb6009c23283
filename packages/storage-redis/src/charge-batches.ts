import type { ChargeRequest, ConsumeOutcome } from "@tenon/core/ports";

/** Calls in one script: it holds Redis up for less than half a millisecond then. */
const MOST_TOGETHER = 32;

/** Calls of one turn of the event loop, sent together. */
export type SendCharges = (requests: readonly ChargeRequest[]) => Promise<readonly ConsumeOutcome[]>;

interface Waiting {
  readonly request: ChargeRequest;
  readonly resolve: (outcome: ConsumeOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets calls that are made in one turn of the event loop travel together: a command of its own costs each of them more
 * than its counting. What fails fails for all of them.
 */
export function createChargeBatches(send: SendCharges): (request: ChargeRequest) => Promise<ConsumeOutcome> {
  let waiting: Waiting[] = [];

  async function flush(): Promise<void> {
    const together = waiting;
    waiting = [];
    try {
      const outcomes = await send(together.map(({ request }) => request));
      for (const [index, { resolve, reject }] of together.entries()) {
        const outcome = outcomes[index];
        if (outcome === undefined) reject(new TypeError("a call was decided without an outcome"));
        else resolve(outcome);
      }
    } catch (error) {
      for (const { reject } of together) reject(error);
    }
  }

  return (request) =>
    new Promise((resolve, reject) => {
      waiting.push({ request, resolve, reject });
      if (waiting.length === 1) setImmediate(() => void (waiting.length > 0 && flush()));
      if (waiting.length === MOST_TOGETHER) void flush();
    });
}
