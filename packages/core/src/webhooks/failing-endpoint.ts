import type { ClaimedDelivery } from "../ports/delivery-queue.js";
import type { EndpointStore } from "../ports/endpoint-store.js";
import type { Logger } from "../ports/logger.js";
import { WARN_AFTER_SHARE } from "./defaults.js";

export interface FailingEndpointConfig {
  readonly endpoints: EndpointStore;
  /** How long an endpoint may fail without a success. Undefined: for ever. */
  readonly disableAfterMs: number | undefined;
  readonly storeNow: () => { readonly now?: Date };
  readonly logger: Logger;
}

/**
 * Whether an endpoint that has just failed again is worth a look at the store, which judges it for good: it was failing
 * long enough to be warned of, and wasn't yet, or long enough to be disabled.
 */
export function isFailingLong(
  failing: ClaimedDelivery["failing"],
  { disableAfterMs, now }: { readonly disableAfterMs: number; readonly now: Date },
): boolean {
  if (failing === undefined) return false;
  const failingMs = now.getTime() - failing.since.getTime();
  return failingMs >= (failing.warned ? disableAfterMs : disableAfterMs * WARN_AFTER_SHARE);
}

/** Warns of an endpoint that goes on failing, once, and disables it in the end. A fault of the store is logged. */
export async function disableIfFailing(
  { tenantId, endpointId, failing }: ClaimedDelivery,
  now: Date,
  { endpoints, disableAfterMs, storeNow, logger }: FailingEndpointConfig,
): Promise<void> {
  if (disableAfterMs === undefined || !isFailingLong(failing, { disableAfterMs, now })) return;
  const told = { tenantId, endpointId, failingSince: failing?.since };
  try {
    const step = await endpoints.disableFailing({
      tenantId,
      endpointId,
      warnAfterMs: disableAfterMs * WARN_AFTER_SHARE,
      disableAfterMs,
      ...storeNow(),
    });
    if (step === "warned")
      logger.warn(
        { ...told, disableAfterMs },
        "an endpoint goes on failing; it will be disabled unless it recovers",
      );
    if (step === "disabled") logger.warn(told, "an endpoint failed for too long and was disabled");
  } catch (error) {
    logger.error({ err: error, ...told }, "an endpoint that goes on failing could not be judged");
  }
}
