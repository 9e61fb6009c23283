import type { KeyUsagePeriod, KeyUsageStore } from "@tenon/core/ports";
import type { Session } from "../session.js";
import { instantKey, scopeKey } from "../table/composite-key.js";

const DAY_MS = 24 * 60 * 60 * 1000;

export function createKeyUsageStore(session: Session): KeyUsageStore {
  return {
    record: ({ counts, lastUses }) =>
      session.write("keyUsage.record", (tables) => {
        for (const { tenantId, keyId, hour, outcome, count } of counts) {
          const hourMs = hour.getTime();
          const earlier = tables.keyUsage.get(scopeKey(tenantId, keyId, String(hourMs), outcome));
          tables.keyUsage.put({ tenantId, keyId, hourMs, outcome, count: count + (earlier?.count ?? 0) });
        }
        for (const { tenantId, keyId, usedAt } of lastUses) {
          const key = tables.apiKeys.get(scopeKey(tenantId, keyId));
          if (key === undefined || (key.lastUsedAt !== undefined && key.lastUsedAt >= usedAt)) continue;
          // Every other value stays the very same: a use is no change that anybody is told of.
          tables.apiKeys.put(Object.freeze({ ...key, lastUsedAt: new Date(usedAt) }));
        }
      }),

    read: ({ tenantId, keyId, from, to, granularity }) =>
      session.read("keyUsage.read", (tables) => {
        const prefix = scopeKey(tenantId, keyId);
        const periods = new Map<string, KeyUsagePeriod>();
        for (const { hourMs, outcome, count } of tables.keyUsage.ascend("byKey", {
          prefix,
          from: prefix + instantKey(from),
        })) {
          if (hourMs >= to.getTime()) break;
          const startsAt = new Date(granularity === "hour" ? hourMs : Math.floor(hourMs / DAY_MS) * DAY_MS);
          const id = instantKey(startsAt) + outcome;
          periods.set(id, { startsAt, outcome, count: count + (periods.get(id)?.count ?? 0) });
        }
        return [...periods.values()];
      }),
  };
}
