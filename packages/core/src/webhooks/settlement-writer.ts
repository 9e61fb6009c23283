import pRetry from "p-retry";
import type { DeliveryQueue, Settlement } from "../ports/delivery-queue.js";
import type { Logger } from "../ports/logger.js";

const LARGEST_BATCH = 200;

/** Writes settlements in batches: what arrives while one batch is being written makes up the next. */
export interface SettlementWriter {
  /**
   * Resolves once written: true when it counted, false when the lease was lost or the storage stayed out.
   * In both cases another attempt follows, so nothing is lost.
   */
  write(settlement: Settlement): Promise<boolean>;
}

export function createSettlementWriter({
  queue,
  storeNow,
  logger,
}: {
  readonly queue: DeliveryQueue;
  readonly storeNow: () => { readonly now?: Date };
  readonly logger: Logger;
}): SettlementWriter {
  const waiting: { readonly settlement: Settlement; readonly resolve: (applied: boolean) => void }[] = [];
  let isWriting = false;

  async function writeAll(): Promise<void> {
    isWriting = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, LARGEST_BATCH);
      const applied = await writeBatch(batch.map(({ settlement }) => settlement));
      for (const [index, { settlement, resolve }] of batch.entries()) {
        if (applied[index] !== true) {
          logger.warn({ deliveryId: settlement.deliveryId }, "an attempt's outcome came too late to count");
        }
        resolve(applied[index] === true);
      }
    }
    isWriting = false;
  }

  async function writeBatch(settlements: readonly Settlement[]): Promise<readonly boolean[]> {
    try {
      return await pRetry(() => queue.settle({ settlements, ...storeNow() }), {
        retries: 5,
        minTimeout: 50,
        maxTimeout: 1_000,
      });
    } catch (error) {
      logger.error(
        { err: error, count: settlements.length },
        "attempts could not be written down; they will be repeated",
      );
      return [];
    }
  }

  return {
    write: (settlement) =>
      new Promise((resolve) => {
        waiting.push({ settlement, resolve });
        if (!isWriting) void writeAll();
      }),
  };
}
