import type { BackgroundTask } from "../background.js";
import type { Clock } from "../ports/clock.js";
import type { KeyChanges } from "../ports/key-changes.js";
import type { Logger } from "../ports/logger.js";
import { LISTEN_LONGEST_PAUSE_MS, LISTEN_SHORTEST_PAUSE_MS } from "./defaults.js";
import type { KeyCache } from "./key-cache.js";

/**
 * Lets the cache hear of changes that other processes make. A subscription that fails, or breaks, is made anew after a
 * growing pause, and the cache forgets everything each time: what changed meanwhile went unheard. It never throws:
 * without it, the cache's lifetime still bounds how long a change goes unnoticed.
 */
export function createKeyChangeListener({
  keyChanges,
  cache,
  clock,
  logger,
}: {
  readonly keyChanges: KeyChanges;
  readonly cache: Pick<KeyCache, "evict" | "clear">;
  readonly clock: Clock;
  readonly logger: Logger;
}): BackgroundTask {
  let stopping = new AbortController();
  let listening: Promise<void> | undefined;

  /** Listens until the subscription breaks. Resolves with whether there was one. */
  async function listenOnce(signal: AbortSignal, onAttempted: () => void): Promise<boolean> {
    const lost = promiseOnce<unknown>();
    const stopped = () => lost.resolve(undefined);
    signal.addEventListener("abort", stopped, { once: true });
    try {
      const subscription = await keyChanges.subscribe({ onKeyChanged: cache.evict, onLost: lost.resolve });
      cache.clear();
      onAttempted();
      if (signal.aborted) stopped();
      const error = await lost.promise;
      await subscription.stop();
      if (!signal.aborted) logger.warn({ err: error }, "changes of API keys go unheard: listening anew");
      return true;
    } catch (error) {
      logger.warn(
        { err: error },
        "changes of API keys in other processes can't be listened to: trying again",
      );
      return false;
    } finally {
      onAttempted();
      signal.removeEventListener("abort", stopped);
    }
  }

  async function listen(signal: AbortSignal, onAttempted: () => void): Promise<void> {
    let pauseMs = LISTEN_SHORTEST_PAUSE_MS;
    while (!signal.aborted) {
      if (await listenOnce(signal, onAttempted)) pauseMs = LISTEN_SHORTEST_PAUSE_MS;
      if (signal.aborted) return;
      await clock.wait(pauseMs, signal);
      pauseMs = Math.min(pauseMs * 2, LISTEN_LONGEST_PAUSE_MS);
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
      stopping.abort();
      await listening;
      listening = undefined;
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
