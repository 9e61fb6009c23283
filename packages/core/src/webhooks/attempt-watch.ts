import type { ClaimedDelivery, Settlement } from "../ports/delivery-queue.js";

/** Looks on while deliveries are attempted. It changes nothing. */
export interface AttemptWatch {
  /** Around an attempt: runs `make` once, and gives what it gives. */
  attempt(delivery: ClaimedDelivery, make: () => Promise<Settlement>): Promise<Settlement>;
  /** Told of a settlement that was written down and counted. */
  settled(settlement: Settlement): void;
}
