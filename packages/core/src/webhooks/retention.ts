import type { Clock } from "../ports/clock.js";
import type { Logger } from "../ports/logger.js";
import type { RetentionStore } from "../ports/retention-store.js";

/** Days, or `keep` for ever. */
export type RetentionDays = number | "keep";

/** How long a tenant's finished messages are kept. */
export type RetentionPolicy = RetentionDays | ((tenantId: string) => RetentionDays | Promise<RetentionDays>);

/** Messages that ended long enough ago, removed with all that they led to. */
export interface RemovedMessages {
  readonly messages: number;
  readonly deliveries: number;
  readonly attempts: number;
}

export interface MessageRetentionConfig {
  readonly store: RetentionStore;
  readonly policy: RetentionPolicy;
  readonly clock: Clock;
  readonly storeNow: () => { readonly now?: Date };
  readonly logger: Logger;
}

const DAY_MS = 86_400_000;
/** Messages of one statement: with their deliveries and attempts it stays well under a second. */
const MESSAGES_PER_STEP = 500;
const TENANTS_PER_PAGE = 500;

/**
 * Removes what each tenant need not keep any longer, step by step, until all of it is gone, another process is at it,
 * or `signal` aborts. A tenant whose policy can't be told keeps everything.
 */
export function createMessageRetention(config: MessageRetentionConfig) {
  const { store, clock, storeNow } = config;

  return async (signal?: AbortSignal): Promise<RemovedMessages> => {
    const total = { messages: 0, deliveries: 0, attempts: 0 };
    let after: string | undefined;
    for (;;) {
      const tenants = await store.listTenants({
        limit: TENANTS_PER_PAGE,
        ...(after === undefined ? {} : { after }),
      });
      for (const { tenantId, oldestAt } of tenants) {
        const retentionMs = await retentionOf(tenantId, config);
        if (retentionMs === undefined || oldestAt.getTime() > clock.now().getTime() - retentionMs) continue;
        let cursor: string | undefined;
        for (;;) {
          if (signal?.aborted) return total;
          const removed = await store.pruneMessages({
            tenantId,
            retentionMs,
            limit: MESSAGES_PER_STEP,
            ...(cursor === undefined ? {} : { cursor }),
            ...storeNow(),
          });
          if (removed === undefined) return total;
          total.messages += removed.messages;
          total.deliveries += removed.deliveries;
          total.attempts += removed.attempts;
          if (removed.isOver) break;
          cursor = removed.cursor;
        }
      }
      after = tenants.at(-1)?.tenantId;
      if (tenants.length < TENANTS_PER_PAGE || signal?.aborted) return total;
    }
  };
}

async function retentionOf(
  tenantId: string,
  { policy, logger }: Pick<MessageRetentionConfig, "policy" | "logger">,
): Promise<number | undefined> {
  try {
    const days = typeof policy === "function" ? await policy(tenantId) : policy;
    if (days === "keep") return undefined;
    if (typeof days === "number" && days >= 0) return days * DAY_MS;
    throw new TypeError("webhooks.retentionDays returned neither a number of days nor `keep`");
  } catch (error) {
    logger.error({ err: error, tenantId }, "a tenant's retention is not known: all its messages are kept");
    return undefined;
  }
}
