import { jwtPrincipal, type ManagementOptions } from "@tenon/adapters-hono";
import type { FieldForm } from "@tenon/core/http";
import { z } from "zod";
import { deliveryStatuses } from "./domain/vocabulary.js";

/** What a key may do within an hour unless it is created with another limit. */
export const HOURLY = { name: "hour", limit: 1000, windowSeconds: 3600 } as const;

/** A key's hourly limit as one number, in place of a list of limits. */
const rateLimitPerHour: FieldForm = {
  as: { rateLimitPerHour: z.int().min(1) },
  show: (limits) => ({ rateLimitPerHour: (limits as readonly { limit: number }[])[0]?.limit }),
  read: ({ rateLimitPerHour: limit }) => (limit === undefined ? undefined : [{ ...HOURLY, limit }]),
};

/** The admin API: partners' keys, webhooks and deliveries, under the platform's own names. */
export function adminApi(jwtSecret: string): ManagementOptions {
  return {
    principal: jwtPrincipal({ secret: jwtSecret, permissions: ["*"] }),
    lists: "array",
    routes: {
      ...hidden("eventTypes", "messages", "auditEvents", "rateLimits"),
      apiKeys: {
        only: ["create", "list", "revoke"],
        fields: {
          limits: rateLimitPerHour,
          start: "prefix",
          ...hidden("prefix", "environment", "ownerId", "ipAllowlist", "metadata", "notBefore"),
          ...hidden("disabledAt", "rotatedAt", "predecessorId", "successorId"),
        },
      },
      endpoints: {
        path: "/webhooks",
        only: ["create", "list", "put", "delete"],
        fields: {
          enabled: "isEnabled",
          ...hidden("channels", "name", "metadata", "headers", "integrationId", "whileDisabled"),
          ...hidden("retrySchedule", "timeoutMs", "concurrency", "fifo", "rateLimit", "signing"),
          ...hidden("publicKey", "revision", "disabledAt", "failingSince", "pausedUntil", "slowSince"),
        },
      },
      deliveries: {
        only: ["listOfEndpoint"],
        routes: { listOfEndpoint: { query: { include: "attempts" } } },
        fields: {
          endpointId: "webhookId",
          messageId: "eventId",
          state: { as: "status", words: deliveryStatuses },
        },
      },
    },
  };
}

function hidden(...names: readonly string[]): Readonly<Record<string, false>> {
  return Object.fromEntries(names.map((name) => [name, false]));
}
