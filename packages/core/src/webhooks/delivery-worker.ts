import type { ClaimedDelivery, ClaimRequest, Settlement } from "../ports/delivery-queue.js";
import type { MessageReference } from "../ports/message-store.js";
import type { Storage } from "../ports/storage.js";
import type { Alarm } from "./alarm.js";
import { type AttemptConfig, attemptDelivery } from "./attempt-delivery.js";
import type { AttemptWatch } from "./attempt-watch.js";
import { LEASE_MARGIN_MS, PROMOTE_BATCH } from "./defaults.js";
import { disableIfFailing } from "./failing-endpoint.js";
import { createGoneSwitch } from "./gone-endpoint.js";
import { createLeaseLooks } from "./lease-looks.js";
import { createSettlementWriter } from "./settlement-writer.js";

export interface DeliveryWorkerConfig extends AttemptConfig {
  readonly storage: Storage;
  readonly storeNow: () => { readonly now?: Date };
  /**
   * Attempts under way at once. One endpoint gets at most a quarter of them, slow ones together half. As many again may
   * be over and wait to be written down.
   */
  readonly slots: number;
  /** How long an endpoint may fail without a success before it is disabled. Undefined: for ever. */
  readonly disableAfterMs: number | undefined;
  readonly watch?: AttemptWatch | undefined;
}

/** Told of what a worker put off: in how long a delivery is due, and others of its endpoint are. */
export type PutOffListener = (put: { readonly delayMs?: number; readonly pauseMs?: number }) => void;

/** Makes deliveries due, claims and delivers them. A runner, `runOnce`, `drain` and `deliverNow` each have one. */
export interface DeliveryWorker {
  /** What is being attempted or written down. */
  readonly inFlight: ReadonlySet<Promise<void>>;
  /** How many deliveries can be started now. */
  room(): number;
  attemptCount(): number;
  /** Makes due deliveries claimable; returns when the next one is due. */
  promote(): Promise<Date | undefined>;
  /** Makes the attempt at a claimed delivery and writes down what came of it. */
  deliver(delivery: ClaimedDelivery): Promise<void>;
  /** Starts as many deliveries as there is room for, of endpoints in turn. True at the end of a round of all of them. */
  claim(): Promise<boolean>;
  /** The same of those endpoints alone at which one of the messages is ready, out of turn. */
  claimFor(messages: readonly MessageReference[]): Promise<void>;
  /** Whether a round has begun and isn't at its end. */
  isInRound(): boolean;
  /** Whether a claim may bring more, now or once an attempt is over. */
  mayHaveMore(): boolean;
}

export function createDeliveryWorker(
  config: DeliveryWorkerConfig,
  alarm: Alarm,
  onPutOff: PutOffListener = () => {},
): DeliveryWorker {
  const { storage, storeNow, slots, timeoutMs, clock, watch } = config;
  const inFlight = new Set<Promise<void>>();
  let claiming: Promise<unknown> = Promise.resolve();
  const claimMade = () => claiming.then(noop, noop);
  const switchOff = createGoneSwitch({ ...config, endpoints: storage.endpoints });
  const settlements = createSettlementWriter({ ...config, queue: storage.queue, claimMade });
  const leaseLooks = createLeaseLooks(clock);
  let cursor: string | undefined;
  let roundLeftSome = false;
  let mayHaveMore = false;
  let attemptCount = 0;
  let attempting = 0;

  /** An attempt that is over frees its slot, so that requests go on while outcomes are written, as many in one batch. */
  const room = () => Math.min(slots - attempting, 2 * slots - inFlight.size);

  async function attempt(delivery: ClaimedDelivery): Promise<Settlement> {
    const make = () => attemptDelivery(delivery, config);
    attempting += 1;
    try {
      return await (watch === undefined ? make() : watch.attempt(delivery, make));
    } finally {
      attempting -= 1;
    }
  }

  async function deliver(delivery: ClaimedDelivery): Promise<void> {
    const settlement = await attempt(delivery);
    if (settlement.attempt !== undefined) attemptCount += 1;
    const applied = await settlements.write(settlement);
    if (applied && settlement.outcome.kind !== "succeeded") onPutOff(settlement.outcome);
    if (applied) watch?.settled(settlement);
    if (!applied || settlement.attempt === undefined || settlement.attempt.succeeded) return;
    if (settlement.attempt.failureReason === "gone") await switchOff(delivery);
    else await disableIfFailing(delivery, clock.now(), { ...config, endpoints: storage.endpoints });
  }

  function start(delivery: ClaimedDelivery): void {
    const delivered = deliver(delivery).finally(() => {
      inFlight.delete(delivered);
      alarm.ring();
    });
    inFlight.add(delivered);
  }

  async function claimAndStart(where: Pick<ClaimRequest, "cursor" | "messages">) {
    const askedAtMs = clock.now().getTime();
    const claim = storage.queue.claim({
      slots: room(),
      slotsPerEndpoint: Math.max(1, Math.floor(slots / 4)),
      slotsForSlow: Math.max(1, Math.floor(slots / 2)),
      leaseMs: timeoutMs + LEASE_MARGIN_MS,
      leaseMarginMs: LEASE_MARGIN_MS,
      ...where,
      ...storeNow(),
    });
    claiming = claim;
    const claimed = await claim;
    // An attempt must not outlive its lease: after so slow a claim, the leases run out and are claimed anew.
    if (clock.now().getTime() - askedAtMs <= LEASE_MARGIN_MS) claimed.deliveries.forEach(start);
    return claimed;
  }

  return {
    inFlight,
    room,
    attemptCount: () => attemptCount,
    deliver,
    async promote() {
      const look = leaseLooks.begin();
      const { promotedCount, nextDueAt } = await storage.queue.promote({
        limit: PROMOTE_BATCH,
        ...look.bound,
        ...storeNow(),
      });
      look.end({ leftSome: promotedCount >= PROMOTE_BATCH });
      return nextDueAt;
    },
    async claim() {
      const claimed = await claimAndStart(cursor === undefined ? {} : { cursor });
      if (claimed.mayHaveMore) roundLeftSome = true;
      cursor = claimed.cursor;
      const isOver = cursor === undefined;
      mayHaveMore = !isOver || roundLeftSome;
      if (isOver) roundLeftSome = false;
      return isOver;
    },
    async claimFor(messages) {
      if ((await claimAndStart({ messages })).mayHaveMore) mayHaveMore = true;
    },
    isInRound: () => cursor !== undefined,
    mayHaveMore: () => mayHaveMore,
  };
}

function noop(): void {}
