import type { BackgroundTask } from "./background.js";
import type { Clock } from "./ports/clock.js";
import type { Logger } from "./ports/logger.js";
import type { Storage } from "./ports/storage.js";
import {
  createMessageRetention,
  type RemovedMessages,
  type RetentionDays,
  type RetentionPolicy,
} from "./webhooks/retention.js";

/** What a pruning removed. */
export interface PruneResult extends RemovedMessages {
  /** Subjects whose rate-limit windows were all over. */
  readonly rateLimitSubjects: number;
  /** Short-lived values whose time was over. */
  readonly shortLivedEntries: number;
  /** Endpoints that were deleted, once no delivery named them any longer. */
  readonly endpoints: number;
  /** Counts of API keys' calls: one for each key, hour and outcome. */
  readonly usageCounts: number;
  /** Entries of the audit log. */
  readonly auditRecords: number;
}

/** Removes what no longer matters. */
export interface Pruner {
  /** Removes all that is over now, in batches. Safe at any time, in any number of processes. */
  prune(): Promise<PruneResult>;
  /**
   * Prunes if nobody in this process has for a minute, what is kept for days once an hour. Never rejects: what fails is
   * logged and tried again a minute later. For runners, which come by often.
   */
  pruneIfDue(signal: AbortSignal): Promise<void>;
  /** Prunes in that rhythm where no runner does. */
  readonly task: BackgroundTask;
}

/** Rows removed by one statement: short enough to hold nobody up. */
const BATCH_SIZE = 1_000;
const INTERVAL_MS = 60_000;
/** What is kept for days isn't looked for every minute: a look costs a step for each tenant. */
const RETENTION_INTERVAL_MS = 60 * 60_000;
const DAY_MS = 86_400_000;
/** How long a deleted endpoint stays at least: a transaction that saw it before may still be open, and name it. */
const ENDPOINT_RETENTION_MS = DAY_MS;

export function createPruner({
  storage,
  retentionDays,
  usageRetentionDays,
  auditRetentionDays,
  clock,
  storeNow,
  logger,
}: {
  readonly storage: Pick<Storage, "rateLimits" | "shortLived" | "retention" | "audit">;
  readonly retentionDays: RetentionPolicy;
  readonly usageRetentionDays: RetentionDays;
  readonly auditRetentionDays: RetentionDays;
  readonly clock: Clock;
  readonly storeNow: () => { readonly now?: Date };
  readonly logger: Logger;
}): Pruner {
  const { rateLimits, shortLived, retention, audit } = storage;
  const removeMessages = createMessageRetention({
    store: retention,
    policy: retentionDays,
    clock,
    storeNow,
    logger,
  });
  let stopping = new AbortController();
  let looping: Promise<void> | undefined;
  let underWay: Promise<void> | undefined;
  let prunedAtMs: number | undefined;
  let retainedAtMs: number | undefined;

  /** Steps until one finds less than it may take: what others hold is left to them, or to the next time. */
  async function inSteps(
    removeStep: (batch: { readonly limit: number; readonly now?: Date }) => Promise<number | undefined>,
    signal?: AbortSignal,
  ): Promise<number> {
    let total = 0;
    for (;;) {
      const removed = (await removeStep({ limit: BATCH_SIZE, ...storeNow() })) ?? 0;
      total += removed;
      if (removed < BATCH_SIZE || signal?.aborted) return total;
    }
  }

  async function removeOld(signal?: AbortSignal) {
    const removed = await removeMessages(signal);
    const endpoints = await inSteps(
      (batch) => retention.pruneEndpoints({ retentionMs: ENDPOINT_RETENTION_MS, ...batch }),
      signal,
    );
    const usageCounts =
      usageRetentionDays === "keep"
        ? 0
        : await inSteps(
            (batch) => retention.pruneUsage({ retentionMs: usageRetentionDays * DAY_MS, ...batch }),
            signal,
          );
    const auditRecords =
      auditRetentionDays === "keep"
        ? 0
        : await inSteps(
            (batch) => audit.prune({ olderThanMs: auditRetentionDays * DAY_MS, ...batch }),
            signal,
          );
    return { ...removed, endpoints, usageCounts, auditRecords };
  }

  async function pruneInRhythm(signal: AbortSignal): Promise<void> {
    try {
      await inSteps(rateLimits.prune, signal);
      await inSteps(shortLived.prune, signal);
      const nowMs = clock.now().getTime();
      if (retainedAtMs !== undefined && nowMs - retainedAtMs < RETENTION_INTERVAL_MS) return;
      await removeOld(signal);
      retainedAtMs = nowMs;
    } catch (error) {
      logger.warn({ err: error }, "what is over could not be removed: trying again in a minute");
    }
  }

  async function pruneIfDue(signal: AbortSignal): Promise<void> {
    const nowMs = clock.now().getTime();
    prunedAtMs ??= nowMs;
    if (underWay === undefined && nowMs - prunedAtMs >= INTERVAL_MS) {
      prunedAtMs = nowMs;
      underWay = pruneInRhythm(signal).finally(() => {
        underWay = undefined;
      });
    }
    await underWay;
  }

  async function loop(signal: AbortSignal): Promise<void> {
    prunedAtMs ??= clock.now().getTime();
    while (!signal.aborted) {
      await clock.wait(INTERVAL_MS, signal);
      if (!signal.aborted) await pruneIfDue(signal);
    }
  }

  return {
    prune: async () => ({
      rateLimitSubjects: await inSteps(rateLimits.prune),
      shortLivedEntries: await inSteps(shortLived.prune),
      ...(await removeOld()),
    }),
    pruneIfDue,
    task: {
      async start() {
        looping ??= loop(stopping.signal);
      },
      async stop() {
        stopping.abort();
        await looping;
        looping = undefined;
        stopping = new AbortController();
      },
    },
  };
}
