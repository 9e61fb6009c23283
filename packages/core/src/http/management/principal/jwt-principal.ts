import { errors, jwtVerify } from "jose";
import { parseConfig } from "../../../input/parse-input.js";
import { jwtKeyFinder } from "./jwt-keys.js";
import { type JwtClaims, type JwtPrincipalOptions, jwtOptionsSchema } from "./jwt-options.js";
import type { Principal } from "./principal.js";

/** Tells who a value of `Authorization` stands for; undefined for anybody that it doesn't prove. */
export type ReadJwtPrincipal = (authorization: string | undefined) => Promise<Principal | undefined>;

/**
 * Makes the principal of a signed token: `Authorization: Bearer <JWT>`. The signature, the algorithm, `exp`, `nbf`, and,
 * where they are given, `iss` and `aud` must be right, and tenant and caller be named. Tokens without a signature, or
 * with an algorithm of another kind of key, are nobody's.
 * @throws {ConfigError} for a short secret, a key that is none, or algorithms that don't go with it. Rejects when
 *   published keys can't be fetched, and for a public key that turns out to be of another kind.
 * @see RFC 7519, RFC 8725
 */
export function createJwtPrincipal(options: JwtPrincipalOptions): ReadJwtPrincipal {
  const settings = parseConfig(jwtOptionsSchema(options), options);
  const { algorithms, issuer, audience, claims: names, permissions, clockToleranceSeconds, clock } = settings;
  const findKey = jwtKeyFinder(settings);

  return async (authorization) => {
    const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? "")?.[1];
    if (token === undefined) return undefined;
    const claims = await verify(token);
    const tenantId = claims?.[names.tenantId];
    const actorId = claims?.[names.actorId];
    if (claims === undefined || !isName(tenantId) || !isName(actorId)) return undefined;
    return {
      tenantId,
      actorId,
      permissions: typeof permissions === "function" ? permissions(claims) : permissions,
    };
  };

  async function verify(token: string): Promise<JwtClaims | undefined> {
    try {
      const { payload } = await jwtVerify(token, findKey, {
        algorithms: [...algorithms],
        ...(issuer === undefined ? {} : { issuer }),
        ...(audience === undefined ? {} : { audience }),
        clockTolerance: clockToleranceSeconds,
        ...(clock === undefined ? {} : { currentDate: clock.now() }),
      });
      return payload;
    } catch (error) {
      // What is wrong with the token proves nobody; what is wrong on our side is for the host to hear.
      if (error instanceof errors.JOSEError && TOKEN_FAULTS.has(error.code)) return undefined;
      throw error;
    }
  }
}

const TOKEN_FAULTS: ReadonlySet<string> = new Set([
  "ERR_JWT_EXPIRED",
  "ERR_JWT_CLAIM_VALIDATION_FAILED",
  "ERR_JWT_INVALID",
  "ERR_JWS_INVALID",
  "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
  "ERR_JOSE_ALG_NOT_ALLOWED",
  "ERR_JOSE_NOT_SUPPORTED",
  "ERR_JWKS_NO_MATCHING_KEY",
  "ERR_JWKS_MULTIPLE_MATCHING_KEYS",
]);

function isName(value: unknown): value is string {
  return typeof value === "string" && value.length >= 1 && value.length <= 128;
}
