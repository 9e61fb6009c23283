import type { DemoSteering } from "example-setup/demo-steering";
import { Hono } from "hono";

export function demoRoutes({ raise, advance, happened }: DemoSteering): Hono {
  const app = new Hono();
  app.post("/events", async (c) => c.json(await raise(await c.req.json()), 202));
  app.post("/clock", async (c) => c.json(advance(await c.req.json())));
  app.get("/lifecycle", (c) => c.json(happened));
  return app;
}
