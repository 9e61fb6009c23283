import { z } from "zod";
import { DEFAULT_BODY, DEFAULT_ENVIRONMENTS, DEFAULT_PREFIX } from "./api-keys/defaults.js";
import { createKeyFormat, type KeyFormatOptions } from "./api-keys/key-format.js";
import { ConfigError } from "./errors/tenon-error.js";
import { parseCidr } from "./network/cidr.js";
import type { Clock } from "./ports/clock.js";
import type { Crypto } from "./ports/crypto.js";
import type { HttpTransport } from "./ports/http.js";
import type { Logger } from "./ports/logger.js";
import type { Random } from "./ports/random.js";
import type { Storage } from "./ports/storage.js";
import { createVault } from "./vault/vault.js";
import type { Envelope } from "./webhooks/envelope.js";
import type { EventTypeDefinition } from "./webhooks/event-catalogue.js";
import type { RetrySchedule } from "./webhooks/retry-schedule.js";
import { eventType, retrySchedule } from "./webhooks/schemas.js";

/** What a host tells Tenon once. */
export interface TenonConfig {
  /** Where records are kept: `postgresStorage(…)` or `memoryStorage()`. */
  readonly storage: Storage;
  /**
   * Keys that seal secrets at rest: 32 bytes in base64, or a passphrase of at least 32 characters. The first seals,
   * all open. Required once endpoints are used.
   */
  readonly vaultKeys?: readonly { readonly id: string; readonly key: string }[];
  /** The scopes there are, each with a description. Left out, any scope may be granted. */
  readonly scopes?: Readonly<Record<string, string>>;
  /** Whether `posts:*` grants everything that begins with `posts:`. Default false. */
  readonly wildcardScopes?: boolean;
  /** The event types there are. Left out, any type may be published. */
  readonly events?: Readonly<Record<string, EventTypeDefinition>>;
  /** How key texts look. Default `sk_live_…` with 32 random bytes. */
  readonly apiKeys?: Partial<KeyFormatOptions>;
  /** How webhooks leave. Required for deliveries; `nodeTransport()` refuses private addresses. */
  readonly transport?: HttpTransport;
  readonly webhooks?: {
    /** Builds the request body. Default: `{ type, timestamp, data }`. */
    readonly envelope?: Envelope;
    /** For endpoints without a schedule of their own. Default: the ten attempts of Standard Webhooks. */
    readonly retrySchedule?: RetrySchedule;
  };
  /** Proxies in front of the host, as addresses or CIDR ranges: only they may name the client in `X-Forwarded-For`. */
  readonly trustedProxies?: readonly string[];
  /** A structured logger; pino fits as it is. Default: silence. */
  readonly logger?: Logger;
  /** Time of your own, for tests. Default: the system's clock, and the database's for what it compares. */
  readonly clock?: Clock;
  readonly random?: Random;
  readonly crypto?: Crypto;
}

export const tenonConfig = z.strictObject({
  storage: port<Storage>(["transaction", "bind"]),
  vaultKeys: z
    .array(z.strictObject({ id: z.string(), key: z.string() }))
    .transform(made(createVault))
    .optional(),
  scopes: z.record(z.string(), z.string()).optional(),
  wildcardScopes: z.boolean().default(false),
  events: z
    .record(
      eventType,
      z.strictObject({
        description: z.string().optional(),
        schema: z
          .custom<NonNullable<EventTypeDefinition["schema"]>>(isStandardSchema, "must be a Standard Schema")
          .optional(),
      }),
    )
    .optional(),
  apiKeys: z
    .strictObject({
      prefix: z.string().default(DEFAULT_PREFIX),
      environments: z.array(z.string()).default([...DEFAULT_ENVIRONMENTS]),
      body: z
        .union([z.strictObject({ bytes: z.number() }), z.strictObject({ characters: z.number() })])
        .default(DEFAULT_BODY),
    })
    .prefault({})
    .transform(made(createKeyFormat)),
  transport: port<HttpTransport>(["check", "request"]).optional(),
  webhooks: z
    .strictObject({
      envelope: z.custom<Envelope>((value) => typeof value === "function", "must be a function").optional(),
      retrySchedule: retrySchedule.optional(),
    })
    .default({}),
  trustedProxies: z
    .array(
      z.string().refine((text) => parseCidr(text) !== undefined, "must be an IP address or a CIDR range"),
    )
    .default([]),
  logger: port<Logger>(["debug", "info", "warn", "error"]).optional(),
  clock: port<Clock>(["now", "wait"]).optional(),
  random: port<Random>(["bytes"]).optional(),
  crypto: port<Crypto>(["sha256Hex", "hmacSha256"]).optional(),
});

/** Lets what is made of an option judge it, so that each rule is written once and all problems come together. */
function made<Input, Made>(make: (input: Input) => Made) {
  return (input: Input, context: z.RefinementCtx<unknown>): Made => {
    try {
      return make(input);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      for (const { pointer, message } of error.problems) {
        context.addIssue({ code: "custom", message, path: pointer.split("/").slice(1) });
      }
      return z.NEVER;
    }
  };
}

function port<Port>(methods: readonly string[]) {
  return z.custom<Port>(
    (value) =>
      typeof value === "object" &&
      value !== null &&
      methods.every((method) => typeof (value as Readonly<Record<string, unknown>>)[method] === "function"),
    `must have the methods ${methods.join(", ")}`,
  );
}

function isStandardSchema(value: unknown): boolean {
  return (typeof value === "object" || typeof value === "function") && value !== null && "~standard" in value;
}
