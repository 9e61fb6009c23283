import type { BackgroundTask } from "../background.js";
import type { Clock } from "../ports/clock.js";

/** Pauses before a subscription is tried again: the first is short, each is twice as long as the one before. */
const SHORTEST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;

export interface KeptSubscription {
  /** Subscribes once. `onLost` may be called once, when the subscription broke by itself. */
  readonly subscribe: (onLost: (error: unknown) => void) => Promise<{ stop(): Promise<void> }>;
  /** It listens from now on; what happened before may have gone unheard. */
  readonly onSubscribed: () => void;
  /** It broke, or couldn't be made: it is tried anew. */
  readonly onTrouble: (trouble: "lost" | "refused", error: unknown) => void;
  readonly clock: Clock;
}

/**
 * Keeps a subscription alive: one that fails, or breaks, is made anew after a growing pause. Starting resolves after
 * the first try, whatever became of it. It never throws.
 */
export function keepSubscribed({
  subscribe,
  onSubscribed,
  onTrouble,
  clock,
}: KeptSubscription): BackgroundTask {
  let stopping = new AbortController();
  let listening: Promise<void> | undefined;

  /** Listens until the subscription breaks. Resolves with whether there was one. */
  async function listenOnce(signal: AbortSignal, onAttempted: () => void): Promise<boolean> {
    const lost = promiseOnce<unknown>();
    const stopped = () => lost.resolve(undefined);
    signal.addEventListener("abort", stopped, { once: true });
    try {
      const subscription = await subscribe(lost.resolve);
      onSubscribed();
      onAttempted();
      if (signal.aborted) stopped();
      const error = await lost.promise;
      await subscription.stop();
      if (!signal.aborted) onTrouble("lost", error);
      return true;
    } catch (error) {
      onTrouble("refused", error);
      return false;
    } finally {
      onAttempted();
      signal.removeEventListener("abort", stopped);
    }
  }

  async function listen(signal: AbortSignal, onAttempted: () => void): Promise<void> {
    let pauseMs = SHORTEST_PAUSE_MS;
    while (!signal.aborted) {
      if (await listenOnce(signal, onAttempted)) pauseMs = SHORTEST_PAUSE_MS;
      if (signal.aborted) return;
      await clock.wait(pauseMs, signal);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }

  return {
    async start() {
      if (listening !== undefined) return;
      stopping = new AbortController();
      const attempted = promiseOnce<void>();
      listening = listen(stopping.signal, attempted.resolve);
      await attempted.promise;
    },
    async stop() {
      const ended = listening;
      listening = undefined;
      stopping.abort();
      await ended;
    },
  };
}

function promiseOnce<Value>(): {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
} {
  let resolve: (value: Value) => void = () => {};
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
