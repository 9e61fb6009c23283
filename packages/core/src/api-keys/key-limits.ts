import { ConfigError } from "../errors/tenon-error.js";
import { addressBucket } from "../network/cidr.js";
import type { ApiKeyRecord } from "../ports/api-key-store.js";
import type { RateLimit } from "../rate-limit/limit.js";
import type { PartitionedLimitState } from "../rate-limit/limit-headers.js";
import type { SubjectCharge } from "../rate-limit/limit-verdict.js";

/**
 * Whose calls a limit counts together: those of the key, of all the tenant's keys, of the client's address (IPv6 by
 * /56), or, under a name, of everybody who comes to the routes that give it.
 */
export type LimitScope = "key" | "tenant" | "address" | { readonly route: string };

/** A limit together with whose it is. */
export interface ScopedLimit extends RateLimit {
  /** Default `key`. */
  readonly per?: LimitScope | undefined;
}

/**
 * What a call with a key is charged: the key's own limits and the route's, one charge per subject. A limit that was
 * charged before in the same call, or has the name of one of the key's own, is left out.
 * @throws {ConfigError} for a limit per address where the address isn't known: one bucket for all unknown clients
 *   would let one of them lock out the rest.
 */
export function chargesForKey(call: KeyCall): readonly SubjectCharge[] {
  const { record, limits, cost, alreadyCharged } = call;
  if (alreadyCharged.length > 0) return collectCharges(call);
  const known = usualCharges.get(record);
  if (known?.limits === limits && known.cost === cost) return known.charges;
  const charges = collectCharges(call);
  if (!limits.some(({ per }) => per === "address")) usualCharges.set(record, { limits, cost, charges });
  return charges;
}

interface KeyCall {
  readonly record: ApiKeyRecord;
  readonly limits: readonly ScopedLimit[];
  readonly cost: number;
  readonly clientAddress: string | undefined;
  readonly alreadyCharged: readonly PartitionedLimitState[];
}

/** A key mostly calls again what it called before: records and limits don't change, so neither does what it is charged. */
const usualCharges = /* @__PURE__ */ new WeakMap<
  ApiKeyRecord,
  Pick<KeyCall, "limits" | "cost"> & { readonly charges: readonly SubjectCharge[] }
>();

function collectCharges(call: KeyCall): readonly SubjectCharge[] {
  const { record, limits, cost, clientAddress, alreadyCharged } = call;
  const taken = new Set(alreadyCharged.map(({ partition, name }) => uniqueName(partition, name)));
  const charges = new Map<string, { partition: string | undefined; limits: RateLimit[] }>();
  const scoped: readonly ScopedLimit[] = [...record.limits, ...limits];
  for (const limit of scoped) {
    const { per = "key" } = limit;
    const partition = partitionOf(per);
    const unique = uniqueName(partition, limit.name);
    if (taken.has(unique)) continue;
    taken.add(unique);
    const subject = subjectOf(per, record, clientAddress);
    const charge = charges.get(subject) ?? { partition, limits: [] };
    charge.limits.push(limit);
    charges.set(subject, charge);
  }
  return Array.from(charges, ([subject, charge]) => ({ subject, cost, ...charge }));
}

/** What stands before the limit's name in reply headers. */
export function partitionOf(per: LimitScope): string | undefined {
  if (per === "key") return undefined;
  return typeof per === "string" ? per : `route-${per.route}`;
}

function subjectOf(
  per: LimitScope,
  { tenantId, id }: ApiKeyRecord,
  clientAddress: string | undefined,
): string {
  if (per === "key") return `key:${tenantId}:${id}`;
  if (per === "tenant") return `tenant:${tenantId}`;
  if (typeof per !== "string") return `route:${per.route}`;
  const bucket = clientAddress === undefined ? undefined : addressBucket(clientAddress);
  if (bucket !== undefined) return `address:${bucket}`;
  throw new ConfigError([
    {
      pointer: "/limits",
      message: "one of them counts per address, and the client's address is not known here",
    },
  ]);
}

function uniqueName(partition: string | undefined, name: string): string {
  return partition === undefined ? name : `${partition}/${name}`;
}
