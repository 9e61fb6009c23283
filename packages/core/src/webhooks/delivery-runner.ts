import type { ClaimedDelivery, DeliveryQueue } from "../ports/delivery-queue.js";
import { createAlarm } from "./alarm.js";
import {
  DEFAULT_POLL_INTERVAL_MS,
  LEASE_MARGIN_MS,
  PROMOTE_BATCH,
  STALLED_AFTER_MS,
  WOKEN_PROMOTION_PAUSE_MS,
} from "./defaults.js";
import { createDeliveryWorker, type DeliveryWorkerConfig, type PutOffListener } from "./delivery-worker.js";
import { joinTold, type ToldMessages } from "./told-messages.js";

export interface DeliveryRunnerConfig extends DeliveryWorkerConfig {
  readonly pollIntervalMs: number;
  /** Called in every round: removes what no longer matters, now and then. Never rejects. */
  readonly pruneIfDue: (signal: AbortSignal) => Promise<void>;
}

/** Something that delivers. Any number may run, in any number of processes. */
export interface DeliveryRunner {
  /** Looks for work now, where these messages are due. */
  wake(messages: ToldMessages): void;
  /** Whether it hasn't got through to its queue for far longer than it waits between two looks. */
  isStalled(): boolean;
  /** Stops claiming, finishes what is under way, and resolves when all of it is written down. Idempotent. */
  stop(): Promise<void>;
}

/** Starts delivering until stopped. Storage faults are logged and survived. */
export function startDeliveryRunner(config: DeliveryRunnerConfig): DeliveryRunner {
  const { clock, logger, pollIntervalMs } = config;
  const alarm = createAlarm(clock);
  let retryAtMs = Number.POSITIVE_INFINITY;
  let isWoken = false;
  /** What may be due that wasn't looked for: with any, a round of all endpoints is to begin. */
  let told: ToldMessages;
  /** When endpoints' pauses end that this runner's receivers asked for, and polls come too late for. */
  const pauseEndsMs = new Set<number>();
  const worker = createDeliveryWorker(
    config,
    alarm,
    ({ delayMs = Number.POSITIVE_INFINITY, pauseMs = delayMs }) => {
      const nowMs = clock.now().getTime();
      retryAtMs = Math.min(retryAtMs, nowMs + delayMs);
      if (pauseMs < Math.min(delayMs, pollIntervalMs)) pauseEndsMs.add(nowMs + pauseMs);
    },
  );
  const pruning = new AbortController();
  let pruned: Promise<void> | undefined;
  let isStopping = false;
  let reachedQueueAt = clock.now();
  const isUpToDate = () => told !== undefined && told.length === 0;

  async function run(): Promise<void> {
    let promoteAtMs = 0;
    let promotedAtMs = 0;
    while (!isStopping) {
      // After a fault, however seldom it polls.
      let sleepMs = DEFAULT_POLL_INTERVAL_MS;
      pruned = config.pruneIfDue(pruning.signal);
      try {
        if (told !== undefined && told.length > 0 && !worker.mayHaveMore() && worker.room() > 0) {
          const messages = told;
          told = [];
          await worker.claimFor(messages);
        }
        // What it is woken for may be due between now and the next poll.
        const wokenAtMs = isWoken ? promotedAtMs + WOKEN_PROMOTION_PAUSE_MS : Number.POSITIVE_INFINITY;
        isWoken = false;
        promoteAtMs = Math.min(promoteAtMs, retryAtMs, wokenAtMs);
        const untilPromotionMs = promoteAtMs - clock.now().getTime();
        // Further ahead than it is ever put, when the clock was set back.
        if (untilPromotionMs <= 0 || untilPromotionMs > pollIntervalMs) {
          // What is settled while this looks may be missing from what it finds.
          retryAtMs = Number.POSITIVE_INFINITY;
          promotedAtMs = clock.now().getTime();
          const nextDueAt = await worker.promote();
          promoteAtMs = nextPromotion(clock.now(), nextDueAt, pollIntervalMs);
          told = undefined;
        }
        for (const endMs of pauseEndsMs) {
          if (endMs > clock.now().getTime()) continue;
          pauseEndsMs.delete(endMs);
          told = undefined;
        }
        if (!isStopping && worker.room() > 0 && (told === undefined || worker.mayHaveMore())) {
          // A round that is under way may have passed what was told since it began.
          if (!worker.isInRound()) told = [];
          const isOver = await worker.claim();
          if (!(isOver && isUpToDate()) && worker.room() > 0) continue;
        }
        reachedQueueAt = clock.now();
        sleepMs = Math.max(1, Math.min(promoteAtMs, retryAtMs, ...pauseEndsMs) - clock.now().getTime());
      } catch (error) {
        told = undefined;
        logger.error({ err: error }, "the runner could not reach its queue and will try again");
      }
      if (!isStopping) await alarm.sleep(Math.min(sleepMs, pollIntervalMs));
    }
    await Promise.all([...worker.inFlight, pruned]);
  }

  const finished = run();
  return {
    wake(messages) {
      isWoken = true;
      told = joinTold(told, messages);
      alarm.ring();
    },
    isStalled: () => clock.now().getTime() - reachedQueueAt.getTime() > 2 * pollIntervalMs + STALLED_AFTER_MS,
    stop() {
      isStopping = true;
      pruning.abort();
      alarm.ring();
      return finished;
    },
  };
}

/**
 * Delivers what is due now, and resolves when nothing more can be claimed, or `withinMs` of the clock's time have
 * passed, or `signal` aborts: then nothing more is begun, and what is under way is finished. For cron and serverless.
 */
export async function deliverDue(
  config: DeliveryRunnerConfig,
  { withinMs, signal }: { readonly withinMs: number; readonly signal?: AbortSignal | undefined },
  onPutOff?: PutOffListener,
): Promise<{ readonly attemptCount: number }> {
  const { clock } = config;
  const worker = createDeliveryWorker(config, createAlarm(clock), onPutOff);
  const endMs = clock.now().getTime() + withinMs;
  const isOver = () => signal?.aborted === true || clock.now().getTime() >= endMs;
  try {
    await worker.promote();
    while (!isOver()) {
      const wasIdle = worker.inFlight.size === 0;
      const claimedAll = await worker.claim();
      if (!claimedAll && worker.room() > 0) continue;
      // Whichever ends first gives its slot to another: one that hangs keeps nobody waiting.
      if (worker.inFlight.size > 0) await Promise.race(worker.inFlight);
      // What ended while this looked had room only afterwards.
      else if (wasIdle) break;
    }
  } finally {
    await Promise.all(worker.inFlight);
  }
  return { attemptCount: worker.attemptCount() };
}

/** One attempt at one delivery, in two steps: what is claimed in a transaction is attempted after its commit. */
export interface PreparedAttempt {
  /** Undefined when the delivery is final, under way, or held. */
  claim(
    queue: Pick<DeliveryQueue, "claimOne">,
    reference: { readonly tenantId: string; readonly deliveryId: string },
  ): Promise<ClaimedDelivery | undefined>;
  /** Resolves when the outcome is written down. */
  make(claimed: ClaimedDelivery): Promise<void>;
}

export function prepareAttempt(config: DeliveryRunnerConfig): PreparedAttempt {
  return {
    claim: (queue, reference) =>
      queue.claimOne({
        ...reference,
        leaseMs: config.timeoutMs + LEASE_MARGIN_MS,
        leaseMarginMs: LEASE_MARGIN_MS,
        ...config.storeNow(),
      }),
    make: (claimed) => createDeliveryWorker(config, createAlarm(config.clock)).deliver(claimed),
  };
}

/**
 * Delivers until nothing is due or waits any more, or `withinMs` of the clock's time have passed, or `signal` aborts.
 */
export async function deliverAll(
  config: DeliveryRunnerConfig,
  { withinMs, signal }: { readonly withinMs: number; readonly signal?: AbortSignal | undefined },
): Promise<{ readonly attemptCount: number }> {
  const { clock, storage, storeNow } = config;
  const endMs = clock.now().getTime() + withinMs;
  /** When what was put off here is due: the head of a fifo endpoint stays ready, so that no promotion tells of it. */
  const retriesMs = new Set<number>();
  const onPutOff: PutOffListener = ({ delayMs, pauseMs }) => {
    for (const waitMs of [delayMs, pauseMs])
      if (waitMs !== undefined) retriesMs.add(clock.now().getTime() + waitMs);
  };
  let attemptCount = 0;
  while (!signal?.aborted) {
    const startMs = clock.now().getTime();
    for (const retryMs of retriesMs) if (retryMs <= startMs) retriesMs.delete(retryMs);
    const withinMs = Math.max(1, endMs - startMs);
    attemptCount += (await deliverDue(config, { withinMs, signal }, onPutOff)).attemptCount;
    if (clock.now().getTime() > endMs) break;
    const { promotedCount, nextDueAt } = await storage.queue.promote({ limit: PROMOTE_BATCH, ...storeNow() });
    if (promotedCount > 0) continue;
    let nextMs = nextDueAt?.getTime() ?? Number.POSITIVE_INFINITY;
    for (const retryMs of retriesMs) nextMs = Math.min(nextMs, retryMs);
    if (nextMs > endMs) break;
    await clock.wait(Math.max(1, nextMs - clock.now().getTime()), signal);
  }
  return { attemptCount };
}

function nextPromotion(now: Date, nextDueAt: Date | undefined, pollIntervalMs: number): number {
  const latest = now.getTime() + pollIntervalMs;
  return nextDueAt === undefined
    ? latest
    : Math.min(latest, Math.max(nextDueAt.getTime(), now.getTime() + 10));
}
