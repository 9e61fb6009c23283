import type { Clock } from "../ports/clock.js";

/**
 * Asks, and gives up after `timeoutMs`. However often it is called, the question is asked once at a time: calls that
 * come while it is under way share its answer, so that whoever may call it can't put load on what is asked.
 */
export function createTimedQuestion<Answer>(
  ask: () => Promise<Answer>,
  { timeoutMs, clock }: { readonly timeoutMs: number; readonly clock: Clock },
): () => Promise<Answer | "timeout"> {
  let underWay: Promise<Answer> | undefined;
  return async () => {
    underWay ??= ask().finally(() => {
      underWay = undefined;
    });
    const over = new AbortController();
    const timeout = clock.wait(timeoutMs, over.signal).then(() => "timeout" as const);
    try {
      return await Promise.race([underWay, timeout]);
    } finally {
      over.abort();
    }
  };
}
