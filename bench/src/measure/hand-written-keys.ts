import { createHash, hash, randomBytes } from "node:crypto";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { AMPLE, DAY_SECONDS, HOUR_SECONDS, KEY_COUNT, SCOPE } from "./scenario.js";

interface KeyRow {
  readonly id: string;
  readonly tenantId: string;
  readonly scopes: readonly string[];
  readonly expiresAt: Date | undefined;
  readonly revokedAt: Date | undefined;
}

export interface LimitReading {
  readonly name: string;
  readonly limit: number;
  readonly windowSeconds: number;
  readonly remaining: number;
  readonly msBeforeNext: number;
}

export type HandWrittenResult =
  | { readonly ok: true; readonly key: KeyRow; readonly limits: readonly LimitReading[] }
  | { readonly ok: false; readonly status: 401 | 403 | 429 };

const digest = {
  /** As nearly everybody writes it. */
  createHash: (text: string) => createHash("sha256").update(text).digest("hex"),
  /** Twice as fast, newer, and little known. */
  hash: (text: string) => hash("sha256", text, "hex"),
};

/**
 * What a careful developer writes in an afternoon: SHA-256, a Map of rows, the checks, and two limiters of
 * rate-limiter-flexible, one after the other. It checks no form, keeps no bounds and can't revoke elsewhere.
 */
export function createHandWrittenKeys(sha256: keyof typeof digest = "createHash") {
  const toHash = digest[sha256];
  const rows = new Map<string, KeyRow>();
  const texts: string[] = [];
  const hour = new RateLimiterMemory({ keyPrefix: "hour", points: AMPLE, duration: HOUR_SECONDS });
  const day = new RateLimiterMemory({ keyPrefix: "day", points: AMPLE, duration: DAY_SECONDS });
  for (let index = 0; index < KEY_COUNT; index++) {
    const text = `sk_live_${randomBytes(32).toString("base64url")}`;
    texts.push(text);
    rows.set(toHash(text), {
      id: `key_${index}`,
      tenantId: `tenant-${index}`,
      scopes: [SCOPE],
      expiresAt: undefined,
      revokedAt: undefined,
    });
  }

  async function authenticate(text: string, scopes: readonly string[]): Promise<HandWrittenResult> {
    const key = rows.get(toHash(text));
    if (key === undefined || key.revokedAt !== undefined) return { ok: false, status: 401 };
    if (key.expiresAt !== undefined && key.expiresAt.getTime() <= Date.now())
      return { ok: false, status: 401 };
    if (!scopes.every((scope) => key.scopes.includes(scope))) return { ok: false, status: 403 };
    try {
      const perHour = await hour.consume(key.id);
      const perDay = await day.consume(key.id);
      return {
        ok: true,
        key,
        limits: [read("hour", HOUR_SECONDS, perHour), read("day", DAY_SECONDS, perDay)],
      };
    } catch (error) {
      if (error instanceof RateLimiterRes) return { ok: false, status: 429 };
      throw error;
    }
  }

  return { texts, authenticate };
}

function read(name: string, windowSeconds: number, { remainingPoints, msBeforeNext }: RateLimiterRes) {
  return { name, limit: AMPLE, windowSeconds, remaining: remainingPoints, msBeforeNext };
}
