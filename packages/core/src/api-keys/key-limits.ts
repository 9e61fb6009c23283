import { ConfigError } from "../errors/tenon-error.js";
import { addressBucket } from "../network/cidr.js";
import { type AddressSource, readAddress } from "../network/client-address.js";
import type { ApiKeyRecord } from "../ports/api-key-store.js";
import type { ChargePlan, PlanCharges } from "../rate-limit/charge-plan.js";
import type { RateLimit } from "../rate-limit/limit.js";
import type { PartitionedLimitState } from "../rate-limit/limit-headers.js";
import type { SubjectCharge } from "../rate-limit/limit-verdict.js";
import type { KnownKey } from "./known-key.js";
import { createArraySharer } from "./shared-arrays.js";

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
 * Makes the function that says what a call with a key is charged: the key's own limits and the route's, one charge per
 * subject. A limit that was charged before in the same call, or has the name of one of the key's own, is left out. What
 * doesn't depend on the address is kept with the key, for `usualPlan`.
 * @throws {ConfigError} for a limit per address where the address isn't known: one bucket for all unknown clients
 *   would let one of them lock out the rest.
 */
export function createKeyPlanner(planCharges: PlanCharges): (known: KnownKey, call: KeyCall) => ChargePlan {
  const share = createArraySharer<RateLimit>();
  return (known, call) => {
    const { limits, cost, alreadyCharged } = call;
    if (alreadyCharged.length > 0) return planCharges(collectCharges(known.record, call));
    const plan = planCharges(
      collectCharges(known.record, call).map(({ subject, partition, cost, limits }) => ({
        subject,
        partition,
        cost,
        limits: share(limits),
      })),
    );
    if (limits.some(({ per }) => per === "address")) return plan;
    known.usual = { limits, cost, ...plan };
    return known.usual;
  };
}

/** What the same call was charged before; undefined where it must be worked out. */
export function usualPlan(
  { usual }: KnownKey,
  limits: readonly ScopedLimit[],
  cost: number,
  alreadyCharged: readonly PartitionedLimitState[],
): ChargePlan | undefined {
  const isUsual = usual?.limits === limits && usual.cost === cost && alreadyCharged.length === 0;
  return isUsual ? usual : undefined;
}

interface KeyCall {
  readonly limits: readonly ScopedLimit[];
  readonly cost: number;
  readonly clientAddress: AddressSource;
  readonly alreadyCharged: readonly PartitionedLimitState[];
}

function collectCharges(record: ApiKeyRecord, call: KeyCall): readonly SubjectCharge[] {
  const { limits, cost, clientAddress, alreadyCharged } = call;
  // A key's own limits have names of their own, and are counted under the key: there is nothing to sort out.
  if (limits.length === 0 && alreadyCharged.length === 0) {
    if (record.limits.length === 0) return [];
    return [{ subject: keySubject(record), partition: undefined, cost, limits: record.limits }];
  }
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
  return Array.from(charges, ([subject, { partition, limits }]) => ({ subject, partition, cost, limits }));
}

/** What stands before the limit's name in reply headers. */
export function partitionOf(per: LimitScope): string | undefined {
  if (per === "key") return undefined;
  return typeof per === "string" ? per : `route-${per.route}`;
}

/** What a key's own limits are counted under. */
export function keySubject({ tenantId, id }: Pick<ApiKeyRecord, "tenantId" | "id">): string {
  // In one piece: it is kept with the key, and a template would be kept as a tree of its parts.
  return ["key", tenantId, id].join(":");
}

function subjectOf(per: LimitScope, record: ApiKeyRecord, clientAddress: AddressSource): string {
  if (per === "key") return keySubject(record);
  if (per === "tenant") return `tenant:${record.tenantId}`;
  if (typeof per !== "string") return `route:${per.route}`;
  const address = readAddress(clientAddress);
  const bucket = address === undefined ? undefined : addressBucket(address);
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
