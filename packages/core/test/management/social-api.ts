import type { FieldForm, ManagementApiOptions } from "@tenon/core/http";
import { z } from "zod";

const HOUR_SECONDS = 3600;
const DAY_SECONDS = 86_400;
const perWindow = z.int().min(1).nullable();

/** One field for each window, in place of a list of limits. */
const limitFields: FieldForm = {
  as: { rateLimitPerHour: perWindow, rateLimitPerDay: perWindow },
  show(value) {
    const limits = value as readonly { readonly windowSeconds: number; readonly limit: number }[];
    const of = (seconds: number) => limits.find(({ windowSeconds }) => windowSeconds === seconds)?.limit;
    return { rateLimitPerHour: of(HOUR_SECONDS) ?? null, rateLimitPerDay: of(DAY_SECONDS) ?? null };
  },
  read: ({ rateLimitPerHour: hour, rateLimitPerDay: day }) => [
    ...(hour ? [{ name: "hour", limit: hour, windowSeconds: HOUR_SECONDS }] : []),
    ...(day ? [{ name: "day", limit: day, windowSeconds: DAY_SECONDS }] : []),
  ],
};

const retryConfig = z.strictObject({
  maxRetries: z.int().min(0).max(49),
  backoffMultiplier: z.number().min(1).max(100),
});

const retryFields: FieldForm = {
  as: { retryConfig: retryConfig.nullable() },
  show(value) {
    const schedule = value as { readonly attempts: number; readonly factor: number } | null;
    const config = schedule && { maxRetries: schedule.attempts - 1, backoffMultiplier: schedule.factor };
    return { retryConfig: config };
  },
  read(fields) {
    const config = fields.retryConfig as z.output<typeof retryConfig> | null | undefined;
    return (
      config && {
        kind: "exponential",
        baseSeconds: 1,
        factor: config.backoffMultiplier,
        maxSeconds: 3600,
        attempts: config.maxRetries + 1,
      }
    );
  },
};

const statusField: FieldForm = {
  as: { status: z.enum(["ACTIVE", "INACTIVE"]) },
  show: (enabled) => ({ status: enabled ? "ACTIVE" : "INACTIVE" }),
  read: ({ status }) => (status === undefined ? undefined : status === "ACTIVE"),
};

/** Limits by the hour and day, `status`, `{ statusCode, message }`. */
export const socialApi: Omit<ManagementApiOptions<unknown>, "principal"> = {
  lists: "array",
  renderRefusal: ({ status, detail, errors: [first] }) => {
    const place = first && ("pointer" in first ? first.pointer.slice(1) : first.parameter);
    const message = first === undefined ? detail : `${place}: ${first.message}`;
    return { body: { statusCode: status, message } };
  },
  routes: {
    eventTypes: false,
    messages: false,
    auditEvents: false,
    rateLimits: false,
    apiKeys: {
      only: ["create", "list", "get", "revoke"],
      fields: {
        limits: limitFields,
        status: {
          words: {
            active: "ACTIVE",
            revoked: "REVOKED",
            expired: "EXPIRED",
            disabled: "DISABLED",
            not_yet_valid: "PENDING",
          },
        },
      },
    },
    endpoints: {
      path: "/webhooks",
      only: ["create", "list", "get", "put", "delete"],
      fields: { eventTypes: "events", enabled: statusField, retrySchedule: retryFields },
    },
    deliveries: {
      only: ["listOfEndpoint", "retry"],
      routes: { retry: { path: "/webhooks/:endpointId/deliveries/:deliveryId/retry" } },
    },
  },
};
