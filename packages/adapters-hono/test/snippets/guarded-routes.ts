import { rateLimit, requireApiKey } from "@tenon/adapters-hono";
import { createTenon } from "@tenon/core";
import { memoryStorage } from "@tenon/storage-memory";
import { Hono } from "hono";

export const tenon = createTenon({
  storage: memoryStorage(),
  scopes: { "posts:read": "Read posts", "posts:write": "Write posts" },
});
export const app = new Hono();

app.get("/posts", requireApiKey(tenon, { scopes: ["posts:read"] }), (c) => {
  const { tenantId, scopes } = c.get("tenon");
  return c.json({ tenantId, scopes });
});

const perMinute = { name: "export", limit: 2, windowSeconds: 60 };
const mayExport = requireApiKey(tenon, {
  scopes: { anyOf: ["posts:read", "posts:write"] },
  limits: [perMinute],
});
app.get("/posts/:postId/export", mayExport, (c) => {
  const left = c.get("tenon").limits.map(({ name, remaining }) => ({ name, remaining }));
  return c.json({ postId: c.req.param("postId"), left });
});

app.get("/status", rateLimit(tenon, { limits: [{ name: "status", limit: 60, windowSeconds: 60 }] }), (c) =>
  c.json({ ok: true }),
);
