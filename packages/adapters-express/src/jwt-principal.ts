import { createJwtPrincipal, type FindPrincipal, type JwtPrincipalOptions } from "@tenon/core/http";
import type { Request } from "express";

/**
 * Tells who calls the management API by a signed token: `Authorization: Bearer <JWT>`. A token that is expired, changed,
 * unsigned, for others or of an algorithm not allowed is nobody's, and is answered 401.
 * @throws {ConfigError} for a secret under 32 bytes, a key that is none, or algorithms that don't go with it.
 * @example
 * app.use("/integrations", managementApi(tenon, {
 *   principal: jwtPrincipal({ secret: env.JWT_SECRET, permissions: ["*"] }),
 * }));
 * @see RFC 7519
 */
export function jwtPrincipal(options: JwtPrincipalOptions): FindPrincipal<Request> {
  const read = createJwtPrincipal(options);
  return (req) => read(req.headers.authorization);
}
