import { requireApiKey } from "@tenon/adapters-hono";
import { createTenon } from "@tenon/core";
import { memoryStorage } from "@tenon/storage-memory";
import { Hono } from "hono";

export const tenon = createTenon({
  storage: memoryStorage(),
  apiKeys: { prefix: "aivo", environments: [] },
  http: {
    credentials: [{ kind: "header", name: "X-Aivo-Api-Key" }],
    resetFormat: "iso-8601",
    renderRefusal: ({ status, code, detail, reset }) => ({
      body: {
        statusCode: status,
        message: code === "RATE_LIMITED" ? `Rate limit exceeded. Try again at ${reset}` : detail,
      },
    }),
  },
});
export const app = new Hono();

const hourly = { name: "hour", limit: 1000, windowSeconds: 3600, algorithm: "fixed-window" } as const;
const guarded = requireApiKey(tenon, { limits: [hourly] });
app.get("/public/progress", guarded, (c) => c.json({ key: c.get("tenon").keyName }));
