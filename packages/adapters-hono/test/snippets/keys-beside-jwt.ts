import { findCaller, requireApiKey } from "@tenon/adapters-hono";
import { createTenon } from "@tenon/core";
import { memoryStorage } from "@tenon/storage-memory";
import { Hono } from "hono";
import { createMiddleware } from "hono/factory";

export const tenon = createTenon({ storage: memoryStorage() });
export const app = new Hono();

/** Stands for the login that the host has already. */
const requireLogin = createMiddleware<{ Variables: { userId?: string } }>(async (c, next) => {
  if (findCaller(c) === undefined) {
    if (c.req.header("authorization") !== "Bearer header.payload.signature") {
      return c.json({ message: "Log in first." }, 401);
    }
    c.set("userId", "ada");
  }
  await next();
});

app.get("/me", requireApiKey(tenon, { foreignBearer: "pass" }), requireLogin, (c) =>
  c.json({ tenantId: c.get("tenon")?.tenantId, userId: c.get("userId") }),
);
