import { LIFECYCLE_EVENT_TYPES, type LifecycleEvent, type Tenon, ValidationError } from "@tenon/core";
import type { createDemoClock } from "example-setup/demo-clock";
import express, { type Router } from "express";

/** What steers a demo: events as the host's own code raises them, the time, and a look at what happened. */
export function demoRoutes(tenon: Tenon, clock: ReturnType<typeof createDemoClock>): Router {
  const happened: LifecycleEvent[] = [];
  for (const type of LIFECYCLE_EVENT_TYPES) tenon.on(type, (event) => void happened.push(event));

  const router = express.Router().use(express.json());
  router.post("/events", async ({ body }, res) => {
    const { tenant: tenantId, type, data } = body ?? {};
    const { message } = await tenon.webhooks.publish({ tenantId, type, data });
    res.status(202).json({ id: message.id });
  });
  router.post("/clock", ({ body }, res) => {
    const advanceMs: unknown = body?.advanceMs;
    if (typeof advanceMs !== "number" || !(advanceMs >= 0))
      throw new ValidationError([{ pointer: "/advanceMs", message: "must be a number of at least 0" }]);
    clock.advance(advanceMs);
    res.json({ now: clock.now() });
  });
  router.get("/lifecycle", (_req, res) => void res.json(happened));
  return router;
}
