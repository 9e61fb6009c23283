import type { RateLimit } from "../rate-limit/limit.js";

/** A stored API key. The key text itself is never stored, only its SHA-256. */
export interface ApiKeyRecord {
  readonly tenantId: string;
  readonly id: string;
  /** SHA-256 of the whole key text, lowercase hex. Unique across all tenants. */
  readonly hash: string;
  readonly prefix: string;
  readonly environment: string | undefined;
  /** The first characters of the key text, for display. */
  readonly start: string;
  readonly name: string;
  readonly ownerId: string | undefined;
  readonly scopes: readonly string[];
  readonly limits: readonly RateLimit[];
  /** CIDR ranges, IPv4 and IPv6; empty allows every address. */
  readonly ipAllowlist: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  readonly notBefore: Date | undefined;
  readonly expiresAt: Date | undefined;
  readonly disabledAt: Date | undefined;
  readonly revokedAt: Date | undefined;
}

export type NewApiKey = Omit<ApiKeyRecord, "createdAt" | "disabledAt" | "revokedAt">;

export interface ApiKeyStore {
  /**
   * Stores a key and returns it as stored. Rejects with `ConflictError` when the hash exists, without failing
   * the surrounding transaction. `now` absent: the database's clock.
   */
  insert(request: { readonly key: NewApiKey; readonly now?: Date }): Promise<ApiKeyRecord>;
  /** The one read that takes no tenant: the secret determines it. Returns keys in any status. */
  findByHash(request: { readonly hash: string }): Promise<ApiKeyRecord | undefined>;
  find(request: { readonly tenantId: string; readonly keyId: string }): Promise<ApiKeyRecord | undefined>;
  /** Newest first. `cursor` is the id of the last key already seen. At most `limit` keys. */
  list(request: {
    readonly tenantId: string;
    readonly limit: number;
    readonly cursor?: string;
  }): Promise<readonly ApiKeyRecord[]>;
  /**
   * Marks a key revoked and returns it; undefined when the tenant has no such key.
   * Idempotent: the first revocation's instant stays. Visible to every later `findByHash` once it resolves.
   */
  revoke(request: {
    readonly tenantId: string;
    readonly keyId: string;
    readonly now?: Date;
  }): Promise<ApiKeyRecord | undefined>;
}
