import type { SealedSecretRecord } from "@tenon/core/ports";
import { scopeKey } from "../table/composite-key.js";
import type { EndpointSecretRow, Tables } from "../tables.js";

interface EndpointKey {
  readonly tenantId: string;
  readonly endpointId: string;
}

/** The secrets that sign an endpoint's deliveries at `now`, newest first. */
export function signingSecrets(
  tables: Tables,
  { tenantId, endpointId }: EndpointKey,
  now: Date,
): readonly SealedSecretRecord[] {
  return activeSecrets(tables, { tenantId, endpointId }, now).map(({ id, sealed }) => ({ id, sealed }));
}

/** Adds a secret; those that sign already end `overlapSeconds` from now, if not sooner, and what are too many at once. */
export function replaceSecret(
  tables: Tables,
  {
    tenantId,
    endpointId,
    secret,
    overlapSeconds,
    mostSecrets = Number.POSITIVE_INFINITY,
  }: EndpointKey & {
    readonly secret: SealedSecretRecord;
    readonly overlapSeconds: number;
    readonly mostSecrets?: number;
  },
  now: Date,
): void {
  const endpoint = { tenantId, endpointId };
  const overlapEnd = new Date(now.getTime() + overlapSeconds * 1000);
  for (const [index, row] of activeSecrets(tables, endpoint, now).entries()) {
    const end = index + 1 < mostSecrets ? overlapEnd : now;
    const expiresAt = row.expiresAt !== undefined && row.expiresAt < end ? row.expiresAt : end;
    tables.endpointSecrets.put({ ...row, expiresAt });
  }
  tables.endpointSecrets.put({ ...endpoint, ...secret, createdAt: now, expiresAt: undefined });
}

function activeSecrets(
  tables: Tables,
  { tenantId, endpointId }: EndpointKey,
  now: Date,
): EndpointSecretRow[] {
  const rows = tables.endpointSecrets.descend("byEndpoint", { prefix: scopeKey(tenantId, endpointId) });
  return [...rows]
    .filter(({ expiresAt }) => expiresAt === undefined || expiresAt > now)
    .sort((one, other) => rank(other) - rank(one));
}

/** The one without an end is the newest, also when two were made at one instant. */
function rank({ expiresAt, createdAt }: EndpointSecretRow): number {
  return expiresAt === undefined ? Number.POSITIVE_INFINITY : createdAt.getTime();
}
