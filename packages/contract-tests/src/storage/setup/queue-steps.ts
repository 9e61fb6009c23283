import assert from "node:assert/strict";
import type {
  AttemptRecord,
  ClaimedDelivery,
  ClaimRequest,
  DeliveryRecord,
  Settlement,
  SettlementOutcome,
  Storage,
} from "@tenon/core/ports";
import { newId, TENANT } from "./fixtures.js";

export const LEASE_MS = 30_000;
const MOST_CLAIMS = 10_000;

type ClaimOptions = Partial<ClaimRequest> & { readonly now: Date };

/** One claim, with room for everything unless told otherwise. */
export function claim(storage: Storage, options: ClaimOptions) {
  return storage.queue.claim({
    slots: 100,
    slotsPerEndpoint: 100,
    slotsForSlow: 100,
    leaseMs: LEASE_MS,
    leaseMarginMs: 5_000,
    ...options,
  });
}

/** What a runner does: promotes, then claims round after round until a whole round brings nothing more. */
export async function claimAll(storage: Storage, options: ClaimOptions): Promise<ClaimedDelivery[]> {
  await storage.queue.promote({ limit: 1000, now: options.now });
  const claimed: ClaimedDelivery[] = [];
  let cursor: string | undefined;
  let claimedThisRound = 0;
  for (let count = 0; count < MOST_CLAIMS; count++) {
    const outcome = await claim(storage, { ...options, ...(cursor === undefined ? {} : { cursor }) });
    claimed.push(...outcome.deliveries);
    claimedThisRound += outcome.deliveries.length;
    cursor = outcome.cursor;
    if (cursor !== undefined) continue;
    if (claimedThisRound === 0) return claimed;
    claimedThisRound = 0;
  }
  throw new assert.AssertionError({ message: `claims never came to an end in ${MOST_CLAIMS} calls` });
}

/** The one delivery there is to claim. */
export async function claimOne(storage: Storage, options: ClaimOptions): Promise<ClaimedDelivery> {
  const claimed = await claimAll(storage, options);
  return only(claimed, "claimed deliveries");
}

export function newAttempt(
  claimed: ClaimedDelivery,
  { now, ...fields }: Partial<AttemptRecord> & { readonly now: Date },
): AttemptRecord {
  const { tenantId, deliveryId, endpointId, attemptNumber } = claimed;
  return {
    tenantId,
    id: newId("att", now),
    deliveryId,
    endpointId,
    attemptNumber,
    startedAt: now,
    durationMs: 12,
    succeeded: false,
    failureReason: "server_error",
    error: undefined,
    responseStatus: 500,
    responseHeaders: { "content-type": "text/plain" },
    responseBody: "no",
    ...fields,
  };
}

export function settlementOf(claimed: ClaimedDelivery, outcome: SettlementOutcome, now: Date): Settlement {
  const { tenantId, deliveryId, messageId, leaseToken } = claimed;
  if (outcome.kind === "released") return { tenantId, deliveryId, messageId, leaseToken, outcome };
  const isSuccess = outcome.kind === "succeeded";
  const attempt = newAttempt(claimed, {
    now,
    ...(isSuccess ? { succeeded: true, failureReason: undefined, responseStatus: 204 } : {}),
  });
  return { tenantId, deliveryId, messageId, leaseToken, outcome, attempt };
}

/** Settles one claimed delivery, as often as somebody else is in its way, and answers whether that was applied. */
export async function settle(
  storage: Storage,
  claimed: ClaimedDelivery,
  outcome: SettlementOutcome,
  now: Date,
): Promise<boolean> {
  const settlements = [settlementOf(claimed, outcome, now)];
  for (let count = 0; count < MOST_CLAIMS; count++) {
    const result = only(await storage.queue.settle({ settlements, now }), "answers to one settlement");
    if (result !== "held") return result === "applied";
  }
  throw new assert.AssertionError({
    message: `a settlement was held ${MOST_CLAIMS} times, and nobody was there`,
  });
}

export async function getDelivery(
  storage: Storage,
  deliveryId: string,
  now: Date,
  tenantId: string = TENANT,
): Promise<DeliveryRecord> {
  const delivery = await storage.deliveries.find({ tenantId, deliveryId, now });
  assert.ok(delivery, "the delivery is found");
  return delivery;
}

export function only<T>(values: readonly T[], what: string): T {
  const [value] = values;
  assert.equal(values.length, 1, `there is one of: ${what}`);
  return value as T;
}
