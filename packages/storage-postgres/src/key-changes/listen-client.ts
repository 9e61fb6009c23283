import type { KeyChanges } from "@tenon/core/ports";
import { settleWithin } from "../connect/limits.js";
import { toStorageError } from "../connect/storage-error.js";
import { quoteIdentifier } from "../sql/quote-identifier.js";

/** What is needed of a `pg` client that isn't connected yet. It is used for LISTEN alone, and ended afterwards. */
export interface PgListenClient {
  connect(): Promise<unknown>;
  query(text: string): Promise<unknown>;
  on(
    event: "notification",
    listener: (message: { readonly channel: string; readonly payload?: string | undefined }) => void,
  ): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "end", listener: () => void): unknown;
  end(): Promise<unknown>;
}

/** Hears of changes on a connection of its own, which a pool's can't be: it would be lent to others in between. */
export function listenOnClient(options: {
  readonly createClient: () => PgListenClient;
  readonly channel: string;
  readonly acquireTimeoutMs: number;
}): KeyChanges {
  const { createClient, channel, acquireTimeoutMs } = options;
  const tooSlow = `LISTEN had no answer within ${acquireTimeoutMs} ms`;
  return {
    async subscribe({ onKeyChanged, onLost }) {
      const client = createClient();
      let isListening = false;
      const lose = (error: unknown) => {
        if (!isListening) return;
        isListening = false;
        onLost(toStorageError("keyChanges.subscribe", error));
        void end();
      };
      // Without a listener of its own an error event would end the process.
      client.on("error", lose);
      client.on("end", () => lose(new Error("the connection was closed")));
      client.on("notification", (message) => {
        if (isListening && message.channel === channel) onKeyChanged(message.payload ?? "");
      });
      const end = () => client.end().catch(() => {});
      try {
        await settleWithin(
          client.connect().then(() => client.query(`LISTEN ${quoteIdentifier(channel)}`)),
          acquireTimeoutMs,
          tooSlow,
        );
      } catch (error) {
        // Not awaited: a connection that hangs may never close.
        void end();
        throw toStorageError("keyChanges.subscribe", error);
      }
      isListening = true;
      return {
        async stop() {
          if (!isListening) return;
          isListening = false;
          await settleWithin(end(), acquireTimeoutMs, tooSlow).catch(() => {});
        },
      };
    },
  };
}
