import type { Clock, Random } from "@tenon/core/ports";

/** What the stores share besides their session. */
export interface StoreContext {
  /** Tells the time to calls that bring no `now`. */
  readonly clock: Clock;
  readonly random: Random;
}
