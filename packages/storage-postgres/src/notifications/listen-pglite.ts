import { settleWithin } from "../connect/limits.js";
import type { PGliteInstance } from "../connect/pglite.js";
import { toStorageError } from "../connect/storage-error.js";
import { quoteIdentifier } from "../sql/quote-identifier.js";
import type { Notifications } from "./notifications.js";

/** Hears what is sent on PGlite's one connection, through any storage on the same instance. */
export function listenOnPGlite(options: {
  readonly listen: NonNullable<PGliteInstance["listen"]>;
  readonly acquireTimeoutMs: number;
}): Notifications {
  const { listen, acquireTimeoutMs } = options;
  const tooSlow = `PGlite was busy with another transaction for ${acquireTimeoutMs} ms`;
  return {
    async listen(channel, { onNotified }) {
      let isListening = true;
      const tell = (payload: string) => {
        if (isListening) onNotified(payload);
      };
      const pending = listen(quoteIdentifier(channel), tell);
      try {
        const unlisten = await settleWithin(pending, acquireTimeoutMs, tooSlow);
        return {
          async stop() {
            if (!isListening) return;
            isListening = false;
            await settleWithin(unlisten(), acquireTimeoutMs, tooSlow).catch(() => {});
          },
        };
      } catch (error) {
        isListening = false;
        // It may still come to listen: then it stops again.
        pending.then((unlisten) => unlisten()).catch(() => {});
        throw toStorageError("notifications.listen", error);
      }
    },
  };
}
