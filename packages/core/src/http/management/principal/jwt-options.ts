import { z } from "zod";
import type { Clock } from "../../../ports/clock.js";
import type { HttpTransport } from "../../../ports/http.js";

/** The claims of a token whose signature and times were found good. */
export type JwtClaims = Readonly<Record<string, unknown>>;

/** Where the key comes from that tokens are verified with: exactly one of the three. */
export type JwtKeySource =
  | {
      /** What the host shares with whoever issues its tokens: at least 32 bytes of UTF-8. */
      readonly secret: string;
    }
  | {
      /** The issuer's public key, as PEM (`-----BEGIN PUBLIC KEY-----`). */
      readonly publicKey: string;
    }
  | {
      /** Where the issuer publishes its keys (RFC 7517). They are read again when a token names one that isn't there. */
      readonly jwksUri: string;
      /** How they are fetched, such as `nodeTransport()`. */
      readonly transport: HttpTransport;
    };

export type JwtPrincipalOptions = JwtKeySource & {
  /** Which algorithms are taken; never those of the other kind of key. Default `HS256` for a secret, else `RS256`. */
  readonly algorithms?: readonly string[] | undefined;
  /** What `iss` must be. Left out, it isn't looked at. */
  readonly issuer?: string | undefined;
  /** What `aud` must name. Left out, it isn't looked at. */
  readonly audience?: string | undefined;
  /** The claims that name the tenant and the caller. Default `tenant` and `sub`. */
  readonly claims?:
    | { readonly tenantId?: string | undefined; readonly actorId?: string | undefined }
    | undefined;
  /** What callers may do: the same for all, or told by their claims. */
  readonly permissions: readonly string[] | ((claims: JwtClaims) => readonly string[]);
  /** How far the issuer's clock may be off, in whole seconds. Default 5. */
  readonly clockToleranceSeconds?: number | undefined;
  /** Time of your own, for tests. Default: the system's clock. */
  readonly clock?: Clock | undefined;
};

const SYMMETRIC = ["HS256", "HS384", "HS512"] as const;
const ASYMMETRIC = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
] as const;

const shared = {
  issuer: z.string().min(1).optional(),
  audience: z.string().min(1).optional(),
  claims: z
    .strictObject({
      tenantId: z.string().min(1).default("tenant"),
      actorId: z.string().min(1).default("sub"),
    })
    .prefault({}),
  permissions: z.union([
    z.array(z.string()),
    z.custom<(claims: JwtClaims) => readonly string[]>((value) => typeof value === "function"),
  ]),
  clockToleranceSeconds: z.int().min(0).max(300).default(5),
  clock: z.custom<Clock>().optional(),
};

const asymmetric = z.array(z.enum(ASYMMETRIC)).min(1).default(["RS256"]);

const bySecret = z.strictObject({
  ...shared,
  // RFC 7518 section 3.2: a key of the hash's own size or larger.
  secret: z
    .string()
    .refine((text) => new TextEncoder().encode(text).byteLength >= 32, "must be at least 32 bytes long"),
  algorithms: z.array(z.enum(SYMMETRIC)).min(1).default(["HS256"]),
});

const byPublicKey = z.strictObject({
  ...shared,
  publicKey: z
    .string()
    .refine(
      (text) => text.trimStart().startsWith("-----BEGIN PUBLIC KEY-----"),
      "must be a public key as PEM (SPKI)",
    ),
  algorithms: asymmetric,
});

const byKeySet = z.strictObject({
  ...shared,
  jwksUri: z.string(),
  transport: z.custom<HttpTransport>(
    (value) => typeof (value as HttpTransport | undefined)?.request === "function",
    "must be a transport, such as nodeTransport()",
  ),
  algorithms: asymmetric,
});

/** Told apart by the key, so that what is wrong is named by its own rules. */
export function jwtOptionsSchema(options: JwtPrincipalOptions) {
  if ("jwksUri" in options) return byKeySet;
  return "publicKey" in options ? byPublicKey : bySecret;
}

export type JwtSettings =
  | z.output<typeof bySecret>
  | z.output<typeof byPublicKey>
  | z.output<typeof byKeySet>;
