import { createRemoteJWKSet, customFetch, importSPKI, type JWTVerifyGetKey } from "jose";
import { ConfigError } from "../../../errors/tenon-error.js";
import type { HttpTransport } from "../../../ports/http.js";
import type { JwtSettings } from "./jwt-options.js";

/** The key for a token, by what its header says; the algorithm was held against those allowed before. */
export function jwtKeyFinder(settings: JwtSettings): JWTVerifyGetKey {
  if ("secret" in settings) {
    const key = new TextEncoder().encode(settings.secret);
    return async () => key;
  }
  return "publicKey" in settings ? givenKey(settings.publicKey) : publishedKeys(settings);
}

function givenKey(pem: string): JWTVerifyGetKey {
  const imported = new Map<string, ReturnType<typeof importSPKI>>();
  return async ({ alg }) => {
    const key = imported.get(alg) ?? importSPKI(pem, alg);
    imported.set(alg, key);
    return key.catch((cause: unknown) => {
      throw new ConfigError([{ pointer: "/publicKey", message: `can't verify ${alg}: ${describe(cause)}` }]);
    });
  };
}

const FETCH_MS = 5_000;
const MAX_KEY_SET_BYTES = 256 * 1024;

function publishedKeys({
  jwksUri,
  transport,
}: {
  readonly jwksUri: string;
  readonly transport: HttpTransport;
}): JWTVerifyGetKey {
  const url = checkUrl(jwksUri, transport);
  return createRemoteJWKSet(url, {
    timeoutDuration: FETCH_MS,
    async [customFetch](address, { headers, signal }) {
      const result = await transport.request({
        method: "GET",
        url: address,
        headers: Object.fromEntries(headers),
        timeoutMs: FETCH_MS,
        maxResponseBytes: MAX_KEY_SET_BYTES,
        signal,
      });
      if (!result.ok) throw new Error(`the key set could not be fetched: ${result.failure}`);
      // A copy, since the transport's bytes may lie in a buffer of any kind.
      return new Response(new Uint8Array(result.body), { status: result.status });
    },
  });
}

function checkUrl(jwksUri: string, transport: HttpTransport): URL {
  const url = URL.canParse(jwksUri) ? new URL(jwksUri) : undefined;
  const check = url && transport.check(url.href);
  if (url !== undefined && check?.ok) return url;
  const message = check?.ok === false ? check.reason : "must be a URL";
  throw new ConfigError([{ pointer: "/jwksUri", message }]);
}

function describe(cause: unknown): string {
  return cause instanceof Error ? cause.message : "the key is of another kind";
}
