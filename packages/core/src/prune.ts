import type { BackgroundTask } from "./background.js";
import type { Clock } from "./ports/clock.js";
import type { Logger } from "./ports/logger.js";
import type { Storage } from "./ports/storage.js";

/** What a pruning removed. */
export interface PruneResult {
  /** Subjects whose rate-limit windows were all over. */
  readonly rateLimitSubjects: number;
}

/** Removes what no longer matters. */
export interface Pruner {
  /** Removes all that is over now, in batches. Safe at any time, in any number of processes. */
  prune(): Promise<PruneResult>;
  /** Prunes every minute. What fails is logged and tried again a minute later. */
  readonly task: BackgroundTask;
}

/** Rows removed by one statement: short enough to hold nobody up. */
const BATCH_SIZE = 1_000;
const INTERVAL_MS = 60_000;

export function createPruner({
  storage,
  clock,
  storeNow,
  logger,
}: {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly storeNow: () => { readonly now?: Date };
  readonly logger: Logger;
}): Pruner {
  let stopping = new AbortController();
  let pruning: Promise<void> | undefined;

  async function prune(signal?: AbortSignal): Promise<PruneResult> {
    let rateLimitSubjects = 0;
    for (;;) {
      const removed = await storage.rateLimits.prune({ limit: BATCH_SIZE, ...storeNow() });
      rateLimitSubjects += removed;
      // Rows that others hold are left to them, or to the next time.
      if (removed < BATCH_SIZE || signal?.aborted) return { rateLimitSubjects };
    }
  }

  async function pruneEveryMinute(signal: AbortSignal): Promise<void> {
    for (;;) {
      await clock.wait(INTERVAL_MS, signal);
      if (signal.aborted) return;
      try {
        await prune(signal);
      } catch (error) {
        logger.warn({ err: error }, "what is over could not be removed: trying again in a minute");
      }
    }
  }

  return {
    prune: () => prune(),
    task: {
      async start() {
        pruning ??= pruneEveryMinute(stopping.signal);
      },
      async stop() {
        stopping.abort();
        await pruning;
        pruning = undefined;
        stopping = new AbortController();
      },
    },
  };
}
