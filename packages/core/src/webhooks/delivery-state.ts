/** The states of a delivery that nothing follows. */
export type FinalDeliveryState = "succeeded" | "exhausted" | "cancelled";

/**
 * Where a delivery stands. `pending`: no attempt yet. `delivering`: a runner holds a live lease. `retrying`: failed,
 * to be tried again. `held`: its endpoint is disabled. The rest are final; `cancelled` is also shown for what an
 * endpoint left behind when it was deleted.
 */
export type DeliveryState = "pending" | "delivering" | "retrying" | "held" | FinalDeliveryState;

export interface DeliveryFacts {
  /** Undefined until final. */
  readonly finalState: FinalDeliveryState | undefined;
  readonly leaseIsLive: boolean;
  readonly endpointIsDisabled: boolean;
  readonly endpointIsDeleted: boolean;
  readonly attemptCount: number;
}

/** Derives the state shown from what is stored, so that disabling or deleting an endpoint rewrites no delivery. */
export function deriveDeliveryState(facts: DeliveryFacts): DeliveryState {
  if (facts.finalState !== undefined) return facts.finalState;
  if (facts.leaseIsLive) return "delivering";
  if (facts.endpointIsDeleted) return "cancelled";
  if (facts.endpointIsDisabled) return "held";
  return facts.attemptCount > 0 ? "retrying" : "pending";
}
