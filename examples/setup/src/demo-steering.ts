import { LIFECYCLE_EVENT_TYPES, type LifecycleEvent, type Tenon, ValidationError } from "@tenon/core";
import type { createDemoClock } from "./demo-clock.js";

export type DemoSteering = ReturnType<typeof steerDemo>;

/** What steers a demo: events as the host's own code raises them, the time, and a look at what happened. */
export function steerDemo(tenon: Tenon, clock: ReturnType<typeof createDemoClock>) {
  const happened: LifecycleEvent[] = [];
  for (const type of LIFECYCLE_EVENT_TYPES) tenon.on(type, (event) => void happened.push(event));
  return {
    /** So far, the oldest first. */
    happened,
    /** Takes `{ tenant, type, data }`. */
    async raise(body: unknown) {
      const { tenant: tenantId, type, data } = Object(body);
      const { message } = await tenon.webhooks.publish({ tenantId, type, data });
      return { id: message.id };
    },
    /** Takes `{ advanceMs }`. */
    advance(body: unknown) {
      const { advanceMs } = Object(body);
      if (typeof advanceMs !== "number" || !(advanceMs >= 0))
        throw new ValidationError([{ pointer: "/advanceMs", message: "must be a number of at least 0" }]);
      clock.advance(advanceMs);
      return { now: clock.now() };
    },
  };
}
