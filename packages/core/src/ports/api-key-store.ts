import type { KeyStatus } from "../api-keys/key-status.js";
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
  /** When a successor took its place. */
  readonly rotatedAt: Date | undefined;
  /** When it last authenticated a call, to about a minute. */
  readonly lastUsedAt: Date | undefined;
  /** The key it took the place of. */
  readonly predecessorId: string | undefined;
  /** The key that took its place. */
  readonly successorId: string | undefined;
}

/** What a storage adds to a key by itself. */
type StoredLater =
  | "createdAt"
  | "disabledAt"
  | "revokedAt"
  | "rotatedAt"
  | "lastUsedAt"
  | "predecessorId"
  | "successorId";

export type NewApiKey = Omit<ApiKeyRecord, StoredLater>;

/** Settings of a key that change: absent keeps a value, null clears it. */
export interface ApiKeyChanges {
  readonly name?: string;
  readonly ownerId?: string | null;
  readonly scopes?: readonly string[];
  readonly limits?: readonly RateLimit[];
  readonly ipAllowlist?: readonly string[];
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly notBefore?: Date | null;
  readonly expiresAt?: Date | null;
}

/** What of a successor isn't inherited. */
export type SuccessorKey = Pick<NewApiKey, "id" | "hash" | "prefix" | "environment" | "start">;

/** Which keys a listing holds; each condition narrows it. */
export interface ApiKeyFilter {
  readonly ownerId?: string;
  /** As the storage's clock, or `now`, has it. */
  readonly status?: KeyStatus;
  /** How the name begins, to the letter. */
  readonly namePrefix?: string;
  /** Keys that expire, or have expired, before this instant; those that never do are left out. */
  readonly expiresBefore?: Date;
}

export interface ApiKeyStore {
  /**
   * Stores a key and returns it as stored. Rejects with `ConflictError` when the hash or the id exists, without failing
   * the surrounding transaction. `now` absent: the database's clock.
   * With `maxLiveKeys`, rejects with the code `LIMIT_EXCEEDED` when the tenant has that many keys that are neither
   * revoked nor expired. Calls that name a maximum, of any process, never exceed it together; inside a transaction they
   * make the others wait for its end (where that reads an older snapshot, as under REPEATABLE READ, keys that were
   * committed since don't count).
   */
  insert(request: {
    readonly key: NewApiKey;
    readonly maxLiveKeys?: number;
    readonly now?: Date;
  }): Promise<ApiKeyRecord>;
  /** Stores keys of one tenant, all of them or none, and returns them in the order given. Otherwise as `insert`. */
  insertMany(request: {
    readonly tenantId: string;
    readonly keys: readonly NewApiKey[];
    readonly maxLiveKeys?: number;
    readonly now?: Date;
  }): Promise<readonly ApiKeyRecord[]>;
  /**
   * The one read that takes no tenant: the secret determines it. Returns keys in any status. A record is never changed
   * once it was returned: a key that changed has another.
   */
  findByHash(request: { readonly hash: string }): Promise<ApiKeyRecord | undefined>;
  find(request: { readonly tenantId: string; readonly keyId: string }): Promise<ApiKeyRecord | undefined>;
  /**
   * Those of the keys that the tenant has, as they are now, in no promised order. Inside a transaction nobody else
   * changes them until its end; calls that meet at the same keys wait for each other, and never for ever.
   */
  lock(request: {
    readonly tenantId: string;
    readonly keyIds: readonly string[];
  }): Promise<readonly ApiKeyRecord[]>;
  /** Newest first. `cursor` is the id of the last key already seen. At most `limit` keys, all of which pass the filter. */
  list(
    request: {
      readonly tenantId: string;
      readonly limit: number;
      readonly cursor?: string;
      readonly now?: Date;
    } & ApiKeyFilter,
  ): Promise<readonly ApiKeyRecord[]>;
  /**
   * Changes the settings given and returns the key; undefined when the tenant has no such key. A revoked key stays as it
   * is and is returned so. Changes that meet at one key follow each other: settings that only one of them names are kept.
   */
  update(request: {
    readonly tenantId: string;
    readonly keyId: string;
    readonly changes: ApiKeyChanges;
  }): Promise<ApiKeyRecord | undefined>;
  /**
   * Switches a key off and returns it; undefined when the tenant has no such key.
   * Idempotent: the first instant stays. Visible to every later `findByHash` once it resolves.
   */
  disable(request: {
    readonly tenantId: string;
    readonly keyId: string;
    readonly now?: Date;
  }): Promise<ApiKeyRecord | undefined>;
  /** Takes `disable` back and returns the key; undefined when the tenant has no such key. Idempotent. */
  enable(request: { readonly tenantId: string; readonly keyId: string }): Promise<ApiKeyRecord | undefined>;
  /**
   * Marks a key revoked and returns it; undefined when the tenant has no such key.
   * Idempotent: the first revocation's instant stays. Visible to every later `findByHash` once it resolves.
   */
  revoke(request: {
    readonly tenantId: string;
    readonly keyId: string;
    readonly now?: Date;
  }): Promise<ApiKeyRecord | undefined>;
  /**
   * Revokes keys in one step. By id: returns every one of them that the tenant has, also those revoked before, whose
   * instant stays. By owner: revokes at most `limit` that are not revoked yet, and returns these. In no promised order.
   */
  revokeMany(
    request: { readonly tenantId: string; readonly now?: Date } & (
      | { readonly keyIds: readonly string[] }
      | { readonly ownerId: string; readonly limit: number }
    ),
  ): Promise<readonly ApiKeyRecord[]>;
  /**
   * Puts a successor in a key's place: it gets every setting of the key, `disabledAt` included, and the two name each
   * other. The key itself then expires `graceSeconds` from now, if it doesn't sooner; with 0 it is revoked at once.
   * Undefined when the tenant has no such key. A key that is revoked, expired or has a successor stays as it is:
   * `successor` is undefined, and the key tells why. However many callers meet at one key, at most one gets a successor.
   */
  rotate(request: {
    readonly tenantId: string;
    readonly keyId: string;
    /** With a hash and an id that are new. */
    readonly successor: SuccessorKey;
    readonly graceSeconds: number;
    readonly now?: Date;
  }): Promise<
    { readonly predecessor: ApiKeyRecord; readonly successor: ApiKeyRecord | undefined } | undefined
  >;
}
