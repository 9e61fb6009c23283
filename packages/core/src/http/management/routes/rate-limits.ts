import { z } from "zod";
import { keySubject } from "../../../api-keys/key-limits.js";
import { defineRoute, type Route } from "../route.js";
import { schemaNames } from "../schema-names.js";
import { instant, noParams, noQuery } from "./fields.js";

const limitBody = z
  .object({
    name: z.string(),
    limit: z.int(),
    windowSeconds: z.int(),
    remaining: z.int(),
    resetAt: instant,
  })
  .register(schemaNames, { name: "RateLimit" });

const list = defineRoute({
  resource: "rateLimits",
  name: "list",
  method: "GET",
  path: "",
  permission: undefined,
  params: noParams,
  query: noQuery,
  body: undefined,
  status: 200,
  reply: { kind: "list", schema: limitBody },
  summary: "Show how the limits of the calling API key stand. Looking takes nothing.",
  async handle({ principal, services, reads }) {
    const { kind, tenantId, actorId: keyId } = principal;
    const limits = kind === "api_key" ? (await services.apiKeys.get({ tenantId, keyId })).limits : [];
    if (limits.length === 0) return { items: [], nextCursor: undefined };
    const subject = keySubject({ tenantId, id: keyId });
    const verdict = await reads.limits.peek({ subject, limits: [...limits] });
    const items = verdict.limits.map(({ name, limit, windowSeconds, remaining, resetAt }) => ({
      name,
      limit,
      windowSeconds,
      remaining,
      resetAt: resetAt.toISOString(),
    }));
    return { items, nextCursor: undefined };
  },
});

export const rateLimitRoutes: readonly Route[] = [list];
