import type { DemoSteering } from "example-setup/demo-steering";
import { type Context, Hono } from "hono";

export function demoRoutes({ raise, advance, happened }: DemoSteering): Hono {
  const app = new Hono();
  app.post("/events", async (c) => c.json(await raise(await bodyOf(c)), 202));
  app.post("/clock", async (c) => c.json(advance(await bodyOf(c))));
  app.get("/lifecycle", (c) => c.json(happened));
  return app;
}

/** Undefined for what is no JSON, which is then refused as any body that lacks its fields. */
function bodyOf(c: Context): Promise<unknown> {
  return c.req.json().catch(() => undefined);
}
