import { rateLimit, requireApiKey } from "@tenon/adapters-express";
import { createTenon } from "@tenon/core";
import { memoryStorage } from "@tenon/storage-memory";
import express, { type Express } from "express";

export const tenon = createTenon({
  storage: memoryStorage(),
  scopes: { "posts:read": "Read posts", "posts:write": "Write posts" },
});
export const app: Express = express();

app.get("/posts", requireApiKey(tenon, { scopes: ["posts:read"] }), (req, res) => {
  res.json({ tenantId: req.tenon.tenantId, scopes: req.tenon.scopes });
});

const perMinute = { name: "export", limit: 2, windowSeconds: 60 };
const mayExport = requireApiKey(tenon, {
  scopes: { anyOf: ["posts:read", "posts:write"] },
  limits: [perMinute],
});
app.get("/posts/:postId/export", mayExport, (req, res) => {
  res.json({
    postId: req.params.postId,
    left: req.tenon.limits.map(({ name, remaining }) => ({ name, remaining })),
  });
});

app.get(
  "/status",
  rateLimit(tenon, { limits: [{ name: "status", limit: 60, windowSeconds: 60 }] }),
  (_req, res) => {
    res.json({ ok: true });
  },
);
