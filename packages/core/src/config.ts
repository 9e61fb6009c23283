import { z } from "zod";
import { type AcceptedFormatOptions, createAcceptedFormats } from "./api-keys/accepted-formats.js";
import {
  DEFAULT_BODY,
  DEFAULT_CACHE_SECONDS,
  DEFAULT_ENVIRONMENTS,
  DEFAULT_PREFIX,
  DEFAULT_USAGE_RETENTION_DAYS,
  MAX_CACHE_SECONDS,
} from "./api-keys/defaults.js";
import { createKeyFormat, type KeyFormatOptions } from "./api-keys/key-format.js";
import { acceptedFormats, keyPolicy } from "./api-keys/schemas.js";
import { DEFAULT_AUDIT_RETENTION_DAYS } from "./audit/defaults.js";
import { ConfigError } from "./errors/tenon-error.js";
import { type ReadinessConfig, readinessConfig } from "./health/schemas.js";
import { type DoctorConfig, doctorConfig, type HttpConfig, httpConfig } from "./http/config.js";
import type { LifecycleEventType } from "./lifecycle/events.js";
import { lifecycleConfig } from "./lifecycle/schemas.js";
import { parseCidr } from "./network/cidr.js";
import type { Clock } from "./ports/clock.js";
import type { Crypto } from "./ports/crypto.js";
import type { WhileDisabled } from "./ports/endpoint-store.js";
import type { HttpTransport } from "./ports/http.js";
import type { Logger } from "./ports/logger.js";
import type { Random } from "./ports/random.js";
import type { RateLimitStore } from "./ports/rate-limit-store.js";
import type { ShortLivedStore } from "./ports/short-lived-store.js";
import type { Storage } from "./ports/storage.js";
import type { Telemetry } from "./ports/telemetry.js";
import type { RateLimitInput } from "./rate-limit/schemas.js";
import { createKeyRing } from "./vault/key-ring.js";
import {
  DEFAULT_DISABLE_AFTER_DAYS,
  DEFAULT_MAX_PAYLOAD_BYTES,
  DEFAULT_RETENTION_DAYS,
  DEFAULT_SIGNATURE_PROFILES,
  DEFAULT_TIMEOUT_MS,
  DEFAULT_WHILE_DISABLED,
  MAX_BATCH_BYTES,
} from "./webhooks/defaults.js";
import type { Envelope } from "./webhooks/envelope.js";
import type { EventTypeDefinition } from "./webhooks/event-catalogue.js";
import type { RetentionDays, RetentionPolicy } from "./webhooks/retention.js";
import type { RetrySchedule } from "./webhooks/retry-schedule.js";
import { eventType, retrySchedule, timeoutMs, whileDisabled } from "./webhooks/schemas.js";
import { checkSharedSecrets } from "./webhooks/shared-secret.js";
import { checkSignatureProfiles, type SignatureProfile } from "./webhooks/signature-profiles.js";

/** How key texts look, and what a host decides for all its keys. */
export interface ApiKeysConfig extends Partial<KeyFormatOptions> {
  /** How long a key lives that is created without an `expiresAt`, in whole seconds. Default: for ever. */
  readonly defaultLifetimeSeconds?: number;
  /** The limits of a key that is created without `limits`. Default none. */
  readonly defaultLimits?: readonly RateLimitInput[];
  /**
   * Keys a tenant may have that are neither revoked nor expired; one more is refused with `LIMIT_EXCEEDED`. Default: no
   * cap. Rotating, and extending a key that has expired, are never refused by it.
   */
  readonly maxKeysPerTenant?: number;
  /** How keys look that were issued elsewhere and imported. Default none. */
  readonly acceptedFormats?: readonly AcceptedFormatOptions[];
  /**
   * How long a key is believed without asking the storage, in whole seconds from 0 to 60; 0 looks each call's key up. It
   * bounds how long a revocation goes unnoticed in processes that don't hear of it, and how long a warm key works while
   * the storage is out. Default 5.
   */
  readonly cacheSeconds?: number;
  /** How many days counts of calls are kept; `keep` is for ever. Default 400. */
  readonly usageRetentionDays?: RetentionDays;
}

/** What a host tells Tenon once. */
export interface TenonConfig {
  /** Where records are kept: `postgresStorage(…)` or `memoryStorage()`. */
  readonly storage: Storage;
  /**
   * Where rate limits are counted: `redisLimits(…)`, for limits that outgrow one database. Default: the storage. While
   * it is out, each limit's `onStoreError` decides.
   */
  readonly limits?: RateLimitStore | undefined;
  /**
   * Where short-lived state is kept, such as replies to repeat for an `Idempotency-Key`: `redisShortLived(…)`. Default:
   * the storage.
   */
  readonly shortLived?: ShortLivedStore;
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
  /** How key texts look, and what holds for all keys. Default `sk_live_…` with 32 random bytes. */
  readonly apiKeys?: ApiKeysConfig;
  /** How webhooks leave. Required for deliveries; `nodeTransport()` refuses private addresses. */
  readonly transport?: HttpTransport;
  readonly webhooks?: {
    /** Builds the request body. Default: `{ type, timestamp, data }`. */
    readonly envelope?: Envelope;
    /**
     * How deliveries are signed: in every one of these formats, side by side. Default: Standard Webhooks alone. No
     * two may write one header, unless both would write the same.
     */
    readonly signatureProfiles?: readonly SignatureProfile[];
    /**
     * A secret that you share with all your receivers, as text: what signs for endpoints created with
     * `signing: "shared"`. A list, to change it: all of them sign where a format's header holds several signatures,
     * else the first. At least 16 characters, and `whsec_…` for Standard Webhooks. Default: none.
     */
    readonly sharedSecret?: string | readonly string[];
    /** For endpoints without a schedule of their own. Default: the ten attempts of Standard Webhooks. */
    readonly retrySchedule?: RetrySchedule;
    /** Time for one attempt at endpoints without one of their own, in milliseconds, 100 to 120,000. Default 15,000. */
    readonly timeoutMs?: number;
    /**
     * What events do to a disabled endpoint that was created without a `whileDisabled` of its own: `hold` keeps them for
     * when it is enabled, `skip` never sends them. Default `hold`.
     */
    readonly whileDisabled?: WhileDisabled;
    /**
     * An endpoint that has failed for so many days without a success is disabled, with the reason `failing`; a line in
     * the log warns of it after half of them. False: never. Default 5.
     */
    readonly disableAfterDays?: number | false;
    /** How many endpoints a tenant may have, disabled ones included. Default: any number. */
    readonly maxEndpointsPerTenant?: number;
    /**
     * How many days a message is kept, with its payload, deliveries, attempts and idempotency key, after the last of its
     * deliveries became final; one that nobody matched, after it was published. What waits or is held stays. For all
     * tenants, or told for each; `keep` is for ever. Default 30.
     */
    readonly retentionDays?: RetentionPolicy;
    /** The largest body that is published, in bytes of UTF-8. Default 256 kB, at most 16 MiB. */
    readonly maxPayloadBytes?: number;
  };
  /** Proxies in front of the host, as addresses or CIDR ranges: only they may name the client in `X-Forwarded-For`. */
  readonly trustedProxies?: readonly string[];
  /** Where keys stand in requests, and how refusals are written. */
  readonly http?: HttpConfig;
  /** Warns, once each and through the logger, of mistakes in how the kit is used. Default all; see docs/doctor.md. */
  readonly doctor?: DoctorConfig;
  /** What `ready()` takes for well. */
  readonly readiness?: ReadinessConfig;
  readonly audit?: {
    /** How many days entries of the audit log are kept; `keep` is for ever. Default 400. */
    readonly retentionDays?: RetentionDays;
  };
  /**
   * Publishes the chosen lifecycle events as webhooks of a tenant of the host's own, say `tenant.operational`: its
   * endpoints get them at least once, signed and retried as any other. Changes and their events commit together. The
   * operational tenant's own deliveries publish none. Default: events are told to `tenon.on` alone.
   */
  readonly lifecycle?: {
    readonly operationalTenantId: string;
    readonly events: readonly LifecycleEventType[];
  };
  /** A structured logger; pino fits as it is. Default: silence. */
  readonly logger?: Logger;
  /** Who is told of spans and metrics: `openTelemetry()` of `@tenon/core/opentelemetry`. Default: nobody. */
  readonly telemetry?: Telemetry;
  /** Time of your own, for tests. Default: the system's clock, and the database's for what it compares. */
  readonly clock?: Clock | undefined;
  readonly random?: Random;
  readonly crypto?: Crypto;
}

const retentionDays = z.union([z.number().min(0).max(36_500), z.literal("keep")]);

export const tenonConfig = z.strictObject({
  storage: port<Storage>(["transaction", "bind"]),
  limits: port<RateLimitStore>(["consume", "refund", "reset", "prune"]).optional(),
  shortLived: port<ShortLivedStore>(["put", "putIfAbsent", "get", "take", "delete", "prune"]).optional(),
  vaultKeys: z
    .array(z.strictObject({ id: z.string(), key: z.string() }))
    .transform(made(createKeyRing))
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
        jsonSchema: z.record(z.string(), z.unknown()).optional(),
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
      ...keyPolicy,
      acceptedFormats,
      cacheSeconds: z.int().min(0).max(MAX_CACHE_SECONDS).default(DEFAULT_CACHE_SECONDS),
      usageRetentionDays: retentionDays.default(DEFAULT_USAGE_RETENTION_DAYS),
    })
    .prefault({})
    .transform(
      made(
        ({ prefix, environments, body, acceptedFormats, cacheSeconds, usageRetentionDays, ...policy }) => ({
          format: createKeyFormat({ prefix, environments, body }),
          acceptedFormats: createAcceptedFormats(acceptedFormats),
          cacheSeconds,
          usageRetentionDays,
          policy,
        }),
      ),
    ),
  transport: port<HttpTransport>(["check", "request"]).optional(),
  webhooks: z
    .strictObject({
      envelope: z.custom<Envelope>((value) => typeof value === "function", "must be a function").optional(),
      signatureProfiles: z
        .array(z.custom<SignatureProfile>())
        .default([...DEFAULT_SIGNATURE_PROFILES])
        .transform(made(checkSignatureProfiles)),
      sharedSecret: z.union([z.string(), z.array(z.string())]).optional(),
      retrySchedule: retrySchedule.optional(),
      timeoutMs: timeoutMs.default(DEFAULT_TIMEOUT_MS),
      whileDisabled: whileDisabled.default(DEFAULT_WHILE_DISABLED),
      disableAfterDays: z
        .union([z.number().positive().max(365), z.literal(false)])
        .default(DEFAULT_DISABLE_AFTER_DAYS)
        .transform((days) => (days === false ? undefined : days)),
      maxEndpointsPerTenant: z.int().min(1).optional(),
      retentionDays: z
        .union([
          retentionDays,
          z.custom<Exclude<RetentionPolicy, RetentionDays>>(
            (value) => typeof value === "function",
            "must be a number of days, `keep`, or a function of the tenant",
          ),
        ])
        .default(DEFAULT_RETENTION_DAYS),
      maxPayloadBytes: z.int().min(1).max(MAX_BATCH_BYTES).default(DEFAULT_MAX_PAYLOAD_BYTES),
    })
    .prefault({})
    .transform(
      made(({ sharedSecret, ...webhooks }) => ({
        ...webhooks,
        sharedSecrets: checkSharedSecrets(sharedSecret, webhooks.signatureProfiles),
      })),
    ),
  trustedProxies: z
    .array(
      z.string().refine((text) => parseCidr(text) !== undefined, "must be an IP address or a CIDR range"),
    )
    .default([]),
  http: httpConfig,
  doctor: doctorConfig,
  readiness: readinessConfig,
  audit: z.strictObject({ retentionDays: retentionDays.default(DEFAULT_AUDIT_RETENTION_DAYS) }).prefault({}),
  lifecycle: lifecycleConfig,
  logger: port<Logger>(["debug", "info", "warn", "error"]).optional(),
  telemetry: port<Telemetry>(["add", "record", "observe", "inSpan"]).optional(),
  clock: port<Clock>(["now", "wait"]).optional(),
  random: port<Random>(["bytes"]).optional(),
  crypto: port<Crypto>([
    "sha256Hex",
    "hmacSha256",
    "ed25519Sign",
    "ed25519PublicKey",
    "aes256GcmEncrypt",
  ]).optional(),
});

/** A host's configuration, checked, with its defaults filled in. */
export type Settings = z.output<typeof tenonConfig>;

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
