import type { ClaimedDelivery } from "../ports/delivery-queue.js";
import type { Storage } from "../ports/storage.js";
import { type Alarm, createAlarm } from "./alarm.js";
import { type AttemptConfig, attemptDelivery } from "./attempt-delivery.js";
import { LEASE_MARGIN_MS, PROMOTE_BATCH } from "./defaults.js";
import { disableIfFailing } from "./failing-endpoint.js";
import { createSettlementWriter } from "./settlement-writer.js";

export interface DeliveryRunnerConfig extends AttemptConfig {
  readonly storage: Storage;
  readonly storeNow: () => { readonly now?: Date };
  /** Deliveries under way at once. One endpoint gets at most a quarter of them, slow ones together half. */
  readonly slots: number;
  readonly pollIntervalMs: number;
  /** How long an endpoint may fail without a success before it is disabled. Undefined: for ever. */
  readonly disableAfterMs: number | undefined;
}

/** Something that delivers. Any number may run, in any number of processes. */
export interface DeliveryRunner {
  /** Looks for work now. */
  wake(): void;
  /** Stops claiming, finishes what is under way, and resolves when all of it is written down. Idempotent. */
  stop(): Promise<void>;
}

/** Starts delivering until stopped. Storage faults are logged and survived. */
export function startDeliveryRunner(config: DeliveryRunnerConfig): DeliveryRunner {
  const { clock, logger, slots, pollIntervalMs } = config;
  const alarm = createAlarm(clock);
  const worker = createWorker(config, alarm);
  let isStopping = false;

  async function run(): Promise<void> {
    let promoteAtMs = 0;
    while (!isStopping) {
      let sleepMs = pollIntervalMs;
      try {
        if (clock.now().getTime() >= promoteAtMs) {
          const nextDueAt = await worker.promote();
          promoteAtMs = nextPromotion(clock.now(), nextDueAt, pollIntervalMs);
        }
        const claimedAll = isStopping || (await worker.claim(slots - worker.inFlight.size));
        if (!claimedAll && worker.inFlight.size < slots) continue;
        sleepMs = Math.max(1, promoteAtMs - clock.now().getTime());
      } catch (error) {
        logger.error({ err: error }, "the runner could not reach its queue and will try again");
      }
      if (!isStopping) await alarm.sleep(Math.min(sleepMs, pollIntervalMs));
    }
    await Promise.all(worker.inFlight);
  }

  const finished = run();
  return {
    wake: alarm.ring,
    stop() {
      isStopping = true;
      alarm.ring();
      return finished;
    },
  };
}

/** Delivers everything that is due now, and resolves when nothing more can be claimed. For cron and serverless. */
export async function deliverDue(config: DeliveryRunnerConfig): Promise<{ readonly attemptCount: number }> {
  const worker = createWorker(config, createAlarm(config.clock));
  let claimedAll = false;
  await worker.promote();
  while (!claimedAll || worker.inFlight.size > 0) {
    await Promise.all(worker.inFlight);
    claimedAll = await worker.claim(config.slots);
  }
  return { attemptCount: worker.attemptCount() };
}

/**
 * Makes one attempt at one delivery, and resolves when its outcome is written down. False when it couldn't be claimed.
 */
export async function deliverOne(
  config: DeliveryRunnerConfig,
  reference: { readonly tenantId: string; readonly deliveryId: string },
): Promise<boolean> {
  const claimed = await config.storage.queue.claimOne({
    ...reference,
    leaseMs: config.timeoutMs + LEASE_MARGIN_MS,
    leaseMarginMs: LEASE_MARGIN_MS,
    ...config.storeNow(),
  });
  if (claimed === undefined) return false;
  await createWorker(config, createAlarm(config.clock)).deliver(claimed);
  return true;
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
  let attemptCount = 0;
  while (!signal?.aborted) {
    attemptCount += (await deliverDue(config)).attemptCount;
    const { promotedCount, nextDueAt } = await storage.queue.promote({ limit: PROMOTE_BATCH, ...storeNow() });
    if (promotedCount > 0) continue;
    if (nextDueAt === undefined || nextDueAt.getTime() > endMs) break;
    await clock.wait(Math.max(1, nextDueAt.getTime() - clock.now().getTime()), signal);
  }
  return { attemptCount };
}

interface Worker {
  readonly inFlight: ReadonlySet<Promise<void>>;
  attemptCount(): number;
  /** Makes due deliveries claimable; returns when the next one is due. */
  promote(): Promise<Date | undefined>;
  /** Makes the attempt at a claimed delivery and writes down what came of it. */
  deliver(delivery: ClaimedDelivery): Promise<void>;
  /** Starts at most `room` deliveries. True when nothing more could be claimed now. */
  claim(room: number): Promise<boolean>;
}

function createWorker(config: DeliveryRunnerConfig, alarm: Alarm): Worker {
  const { storage, storeNow, slots, timeoutMs, clock } = config;
  const inFlight = new Set<Promise<void>>();
  const settlements = createSettlementWriter({ queue: storage.queue, storeNow, logger: config.logger });
  let cursor: string | undefined;
  let attemptCount = 0;

  async function deliver(delivery: ClaimedDelivery): Promise<void> {
    const settlement = await attemptDelivery(delivery, config);
    if (settlement.attempt !== undefined) attemptCount += 1;
    const applied = await settlements.write(settlement);
    if (!applied || settlement.attempt === undefined || settlement.attempt.succeeded) return;
    if (settlement.attempt.failureReason === "gone") await switchOff(delivery);
    else await disableIfFailing(delivery, clock.now(), { ...config, endpoints: storage.endpoints });
  }

  async function switchOff({ tenantId, endpointId }: ClaimedDelivery): Promise<void> {
    try {
      await storage.endpoints.disable({ tenantId, endpointId, reason: "gone", ...storeNow() });
    } catch (error) {
      config.logger.error({ err: error, endpointId }, "an endpoint that answered 410 could not be disabled");
    }
  }

  function start(delivery: ClaimedDelivery): void {
    const delivered = deliver(delivery).finally(() => {
      inFlight.delete(delivered);
      alarm.ring();
    });
    inFlight.add(delivered);
  }

  return {
    inFlight,
    attemptCount: () => attemptCount,
    deliver,
    async promote() {
      const { nextDueAt } = await storage.queue.promote({ limit: PROMOTE_BATCH, ...storeNow() });
      return nextDueAt;
    },
    async claim(room) {
      if (room <= 0) return true;
      const askedAtMs = clock.now().getTime();
      const claimed = await storage.queue.claim({
        slots: room,
        slotsPerEndpoint: Math.max(1, Math.floor(slots / 4)),
        slotsForSlow: Math.max(1, Math.floor(slots / 2)),
        leaseMs: timeoutMs + LEASE_MARGIN_MS,
        leaseMarginMs: LEASE_MARGIN_MS,
        ...(cursor === undefined ? {} : { cursor }),
        ...storeNow(),
      });
      cursor = claimed.cursor;
      // An attempt must not outlive its lease: after so slow a claim, the leases run out and are claimed anew.
      if (clock.now().getTime() - askedAtMs > LEASE_MARGIN_MS) return claimed.cursor === undefined;
      for (const delivery of claimed.deliveries) start(delivery);
      return claimed.deliveries.length === 0 && claimed.cursor === undefined;
    },
  };
}

function nextPromotion(now: Date, nextDueAt: Date | undefined, pollIntervalMs: number): number {
  const latest = now.getTime() + pollIntervalMs;
  return nextDueAt === undefined
    ? latest
    : Math.min(latest, Math.max(nextDueAt.getTime(), now.getTime() + 10));
}
