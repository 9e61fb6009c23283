import { z } from "zod";
import type { ResetFormat } from "../rate-limit/limit-headers.js";
import type { CredentialPlace } from "./credentials/read-credentials.js";
import { DEFAULT_CREDENTIALS, FAILED_AUTHENTICATIONS } from "./defaults.js";
import { DOCTOR_WARNINGS, type DoctorWarning } from "./doctor/warnings.js";
import type { RenderRefusal } from "./replies/refusal.js";

/** How requests are read and refusals are written. */
export interface HttpConfig {
  /**
   * Where a key may stand, in the order it is looked for. At least one place, each once.
   * Default: `Authorization: Bearer`, then `X-API-Key`.
   */
  readonly credentials?: readonly CredentialPlace[] | undefined;
  /** How `X-RateLimit-Reset` is written. Default `epoch-seconds`; `iso-8601` has no milliseconds. */
  readonly resetFormat?: ResetFormat | undefined;
  /** Writes the body of every refusal. Default: problem details (RFC 9457). */
  readonly renderRefusal?: RenderRefusal | undefined;
  /**
   * Failed authentications that one client address (IPv6 by /56) may cause before it is answered 429, counted in this
   * process. Default 50 in 60 seconds; false counts none.
   */
  readonly failedAuthentications?:
    | false
    | { readonly limit: number; readonly windowSeconds: number }
    | undefined;
}

/** Warnings about how the kit is used, each logged once. false gives none. */
export type DoctorConfig = false | { readonly disable: readonly DoctorWarning[] };

// RFC 9110 section 5.6.2
const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/, "must be the name of a header (RFC 9110 section 5.1)")
  .refine(
    (name) => name.toLowerCase() !== "authorization",
    'must not be Authorization: use { kind: "bearer" }',
  )
  .refine((name) => name.toLowerCase() !== "cookie", "must not be Cookie: browsers send it unasked");

const credentialPlace = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("bearer") }),
  z.strictObject({ kind: z.literal("header"), name: headerName }),
]);

const credentials = z
  .array(credentialPlace)
  .min(1)
  .max(10)
  .superRefine((places, context) => {
    const seen = new Set<string>();
    for (const [index, place] of places.entries()) {
      const name = place.kind === "bearer" ? "authorization" : place.name.toLowerCase();
      if (seen.has(name)) context.addIssue({ code: "custom", path: [index], message: "is named twice" });
      seen.add(name);
    }
  });

export const httpConfig = z
  .strictObject({
    credentials: credentials.default([...DEFAULT_CREDENTIALS]),
    resetFormat: z.enum(["epoch-seconds", "iso-8601"]).default("epoch-seconds"),
    renderRefusal: z
      .custom<RenderRefusal>((value) => typeof value === "function", "must be a function")
      .optional(),
    failedAuthentications: z
      .union([
        z.literal(false),
        z.strictObject({ limit: z.int().min(1).max(1_000_000), windowSeconds: z.int().min(1).max(86_400) }),
      ])
      .default(FAILED_AUTHENTICATIONS),
  })
  .prefault({});

export type HttpSettings = z.output<typeof httpConfig>;

const warnings = Object.keys(DOCTOR_WARNINGS) as DoctorWarning[];

/** The warnings that are switched off. */
export const doctorConfig = z
  .union([z.literal(false), z.strictObject({ disable: z.array(z.enum(warnings)) })])
  .default({ disable: [] })
  .transform((config): readonly DoctorWarning[] => (config === false ? warnings : config.disable));
