import type { DeliveryQueue, Settlement } from "@tenon/core/ports";
import type { Session } from "../session.js";
import { instantKey, scopeKey } from "../table/composite-key.js";
import { take } from "../table/take.js";
import type { QueueRow } from "../tables.js";
import { cancel, isOrphan } from "./cancel.js";
import { claim, claimOne } from "./claim.js";
import { findOldestDue } from "./oldest-due.js";
import { applySettlement } from "./settle.js";
import type { StoreContext } from "./store-context.js";

export function createDeliveryQueue(session: Session, { clock }: StoreContext): DeliveryQueue {
  return {
    promote: ({ limit, leasesEndedWithinMs, now = clock.now() }) =>
      session.write("queue.promote", (tables) => {
        const { queue } = tables;
        const upToNow = (row: QueueRow) => (row.lease?.expiresAt ?? row.dueAt) <= now;
        const due = take(queue.ascend("waiting", {}), limit).filter(upToNow);
        const endedLately =
          leasesEndedWithinMs === undefined
            ? {}
            : { from: instantKey(new Date(now.getTime() - leasesEndedWithinMs)) };
        const expired = take(queue.ascend("leased", endedLately), limit).filter(upToNow);
        const orphans = [...due, ...expired].filter((row) => isOrphan(tables, row));
        for (const row of orphans) cancel(tables, row, now);
        const promoted = [...due, ...expired].filter((row) => !orphans.includes(row));
        for (const row of promoted) queue.put({ ...row, ready: true, lease: undefined });
        const [next] = take(queue.ascend("waiting", {}), 1);
        return { promotedCount: promoted.length, nextDueAt: next?.dueAt };
      }),

    claim: ({ now = clock.now(), ...request }) =>
      session.write("queue.claim", (tables) => claim(tables, request, now)),

    claimOne: ({ now = clock.now(), ...request }) =>
      session.write("queue.claimOne", (tables) => claimOne(tables, request, now)),

    oldestDue: ({ now = clock.now() }) =>
      session.read("queue.oldestDue", (tables) => findOldestDue(tables, now)),

    cancel: ({ tenantId, endpointId, limit, now = clock.now() }) =>
      session.write("queue.cancel", (tables) => {
        const prefix = scopeKey(tenantId, endpointId);
        const ready = take(tables.queue.ascend("ready", { prefix }), limit);
        const waiting = take(tables.queue.ascend("waitingByEndpoint", { prefix }), limit - ready.length);
        for (const row of [...ready, ...waiting]) cancel(tables, row, now);
        return ready.length + waiting.length;
      }),

    settle: ({ settlements, now = clock.now() }) =>
      session.write("queue.settle", (tables) =>
        settlements.map((settlement: Settlement) =>
          applySettlement(tables, settlement, now) ? "applied" : "lost",
        ),
      ),
  };
}
