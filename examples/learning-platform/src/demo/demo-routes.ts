import { LIFECYCLE_EVENT_TYPES, type LifecycleEvent, type Tenon } from "@tenon/core";
import type { createDemoClock } from "example-setup/demo-clock";
import { Hono } from "hono";
import { z } from "zod";

const domainEvent = z.strictObject({ tenant: z.string(), type: z.string(), data: z.unknown() });
const advance = z.strictObject({ advanceMs: z.int().min(0) });

/** What steers a demo: events as the platform's own services raise them, the time, and a look at what happened. */
export function demoRoutes(tenon: Tenon, clock: ReturnType<typeof createDemoClock>): Hono {
  const happened: LifecycleEvent[] = [];
  for (const type of LIFECYCLE_EVENT_TYPES) tenon.on(type, (event) => void happened.push(event));

  const app = new Hono();
  app.post("/events", async (c) => {
    const { tenant: tenantId, type, data } = domainEvent.parse(await c.req.json());
    const { message } = await tenon.webhooks.publish({ tenantId, type, data });
    return c.json({ id: message.id }, 202);
  });
  app.post("/clock", async (c) => {
    clock.advance(advance.parse(await c.req.json()).advanceMs);
    return c.json({ now: clock.now() });
  });
  app.get("/lifecycle", (c) => c.json(happened));
  return app;
}
