import pRetry from "p-retry";
import type { DeliveryQueue, Settlement, SettlementResult } from "../ports/delivery-queue.js";
import type { Logger } from "../ports/logger.js";

const LARGEST_BATCH = 200;

/** How often a settlement is repeated that somebody else holds up: for about a minute. */
const HELD_RETRIES = { retries: 66, minTimeout: 10, factor: 2, maxTimeout: 1_000 };

/** Writes settlements in batches: what arrives while one is being written, or while a claim is made, makes up the next. */
export interface SettlementWriter {
  /**
   * Resolves once written: true when it counted, false when the lease was lost, the storage stayed out or somebody held
   * the endpoint for minutes. Then another attempt follows, so nothing is lost. One that is held up keeps no other
   * waiting.
   */
  write(settlement: Settlement): Promise<boolean>;
}

export function createSettlementWriter({
  queue,
  storeNow,
  logger,
  claimMade,
}: {
  readonly queue: DeliveryQueue;
  readonly storeNow: () => { readonly now?: Date };
  readonly logger: Logger;
  /** Resolves when no claim is under way. */
  readonly claimMade: () => Promise<void>;
}): SettlementWriter {
  const waiting: {
    readonly settlement: Settlement;
    readonly resolve: (result: SettlementResult | undefined) => void;
  }[] = [];
  let isWriting = false;

  async function writeAll(): Promise<void> {
    isWriting = true;
    while (waiting.length > 0) {
      // In turns with the claim: a statement costs the most by being one, so few large ones are cheaper.
      await claimMade();
      const batch = waiting.splice(0, LARGEST_BATCH);
      const results = await writeBatch(batch.map(({ settlement }) => settlement));
      for (const [index, { resolve }] of batch.entries()) resolve(results[index]);
    }
    isWriting = false;
  }

  async function writeBatch(settlements: readonly Settlement[]): Promise<readonly SettlementResult[]> {
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

  /** Undefined when it stayed unwritten, which is logged where it is known. */
  const writeOnce = (settlement: Settlement) =>
    new Promise<SettlementResult | undefined>((resolve) => {
      waiting.push({ settlement, resolve });
      if (!isWriting) void writeAll();
    });

  async function writeWhenFree(settlement: Settlement): Promise<SettlementResult | undefined> {
    try {
      return await pRetry(async () => {
        const result = await writeOnce(settlement);
        if (result === "held") throw new Error("somebody else holds the endpoint or the delivery");
        return result;
      }, HELD_RETRIES);
    } catch (error) {
      logger.error(
        { err: error, deliveryId: settlement.deliveryId },
        "an attempt could not be written down beside an open transaction; it will be repeated",
      );
      return undefined;
    }
  }

  return {
    async write(settlement) {
      let result = await writeOnce(settlement);
      if (result === "held") result = await writeWhenFree(settlement);
      if (result === "lost") {
        logger.warn({ deliveryId: settlement.deliveryId }, "an attempt's outcome came too late to count");
      }
      return result === "applied";
    },
  };
}
