import type { BackgroundTask } from "../background.js";
import type { Storage } from "../ports/storage.js";
import type { Telemetry } from "../ports/telemetry.js";

/** Once started, tells the age of the oldest due delivery whenever metrics are collected. */
export function createQueueObserver({
  storage,
  storeNow,
  telemetry,
}: {
  readonly storage: Pick<Storage, "queue">;
  readonly storeNow: () => { readonly now?: Date };
  readonly telemetry: Telemetry;
}): BackgroundTask {
  let end: (() => void) | undefined;

  async function read(): Promise<number | undefined> {
    try {
      const oldest = await storage.queue.oldestDue(storeNow());
      return (oldest?.ageMs ?? 0) / 1_000;
    } catch {
      // The storage's failure is counted there; here is no value.
      return undefined;
    }
  }

  return {
    async start() {
      end ??= telemetry.observe("tenon.queue.oldest_due.age", read);
    },
    async stop() {
      end?.();
      end = undefined;
    },
  };
}
