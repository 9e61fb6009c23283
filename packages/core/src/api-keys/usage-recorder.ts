import type { BackgroundTask } from "../background.js";
import type { Clock } from "../ports/clock.js";
import type { KeyUsageOutcome, KeyUsageStore } from "../ports/key-usage-store.js";
import type { Logger } from "../ports/logger.js";
import { LARGEST_USAGE_WRITE, MAX_UNWRITTEN_USAGE, USAGE_FLUSH_INTERVAL_MS } from "./defaults.js";
import { type CountedKey, createUsageTally, type TalliedKey, toUsageWrite } from "./usage-tally.js";

/**
 * Counts calls per key in memory and writes them down in batches: every few seconds once started, and when stopped;
 * if never started, when the first call after the interval comes. A call never waits for a write, and a write that
 * fails is logged and its counts are kept for the next. Counts are exact but for a write whose answer was lost, which
 * may be counted twice, and for what a process that dies hasn't written yet.
 */
export interface UsageRecorder extends BackgroundTask {
  /** Counts one call. Never throws and never waits. */
  record(key: CountedKey, outcome: KeyUsageOutcome, at: Date): void;
  /** Writes down everything counted before the call. Resolves also when that fails. */
  flush(): Promise<void>;
}

export function createUsageRecorder({
  store,
  clock,
  logger,
}: {
  readonly store: KeyUsageStore;
  readonly clock: Clock;
  readonly logger: Logger;
}): UsageRecorder {
  const tally = createUsageTally(MAX_UNWRITTEN_USAGE);
  let stopping = new AbortController();
  let ticking: Promise<void> | undefined;
  let lastFlushMs: number | undefined;
  let flushing = Promise.resolve();

  async function write(): Promise<void> {
    const { keys, droppedCount } = tally.take();
    if (droppedCount > 0) {
      logger.warn({ droppedCount }, "uses of API keys went uncounted: too many wait to be written down");
    }
    for (let next = 0; next < keys.length; next += LARGEST_USAGE_WRITE) {
      try {
        await store.record(toUsageWrite(keys.slice(next, next + LARGEST_USAGE_WRITE)));
      } catch (error) {
        keepForNext(keys.slice(next), error);
        return;
      }
    }
  }

  function keepForNext(keys: readonly TalliedKey[], error: unknown): void {
    for (const key of keys) tally.putBack(key);
    logger.warn(
      { err: error, keyCount: keys.length },
      "uses of API keys could not be written down: they are kept for the next try",
    );
  }

  function flush(): Promise<void> {
    lastFlushMs = clock.now().getTime();
    flushing = flushing.then(write);
    return flushing;
  }

  async function tick(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await clock.wait(USAGE_FLUSH_INTERVAL_MS, signal);
      if (!signal.aborted) await flush();
    }
  }

  return {
    record(key, outcome, at) {
      const nowMs = at.getTime();
      tally.add(key, outcome, nowMs);
      if (ticking !== undefined) return;
      lastFlushMs ??= nowMs;
      if (nowMs - lastFlushMs >= USAGE_FLUSH_INTERVAL_MS) void flush();
    },
    flush,
    async start() {
      if (ticking !== undefined) return;
      stopping = new AbortController();
      ticking = tick(stopping.signal);
    },
    async stop() {
      stopping.abort();
      await ticking;
      ticking = undefined;
      await flush();
    },
  };
}
