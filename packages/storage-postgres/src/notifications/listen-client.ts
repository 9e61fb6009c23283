import { settleWithin } from "../connect/limits.js";
import { toStorageError } from "../connect/storage-error.js";
import { quoteIdentifier } from "../sql/quote-identifier.js";
import type { NotificationListener, Notifications } from "./notifications.js";

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

/**
 * Hears what is sent on one connection for all channels, opened for the first listener and ended with the last. It is
 * its own: a pool's would be lent to others in between.
 */
export function listenOnClient(options: {
  readonly createClient: () => PgListenClient;
  readonly acquireTimeoutMs: number;
}): Notifications {
  const { createClient, acquireTimeoutMs } = options;
  const tooSlow = `LISTEN had no answer within ${acquireTimeoutMs} ms`;
  let current: ListenConnection | undefined;

  async function release(connection: ListenConnection): Promise<void> {
    if (connection.listenerCount() > 0) return;
    if (current === connection) current = undefined;
    await connection.end();
  }

  return {
    async listen(channel, listener) {
      current ??= openConnection(createClient(), (lost) => {
        if (current === lost) current = undefined;
      });
      const connection = current;
      const place = connection.add(channel, listener);
      try {
        await settleWithin(place.listening, acquireTimeoutMs, tooSlow);
      } catch (error) {
        place.remove();
        // Not awaited: a connection that hangs may never close.
        void release(connection);
        throw toStorageError("notifications.listen", error);
      }
      place.begin();
      return {
        async stop() {
          if (!place.remove()) return;
          await settleWithin(release(connection), acquireTimeoutMs, tooSlow).catch(() => {});
        },
      };
    },
  };
}

interface ListenConnection {
  /** Has the channel listened to; the listener hears nothing before `begin`, and nothing after `remove`. */
  add(
    channel: string,
    listener: NotificationListener,
  ): {
    readonly listening: Promise<unknown>;
    begin(): void;
    /** Whether it was still there. */
    remove(): boolean;
  };
  listenerCount(): number;
  end(): Promise<unknown>;
}

interface Place {
  readonly channel: string;
  readonly listener: NotificationListener;
  hasBegun: boolean;
}

function openConnection(
  client: PgListenClient,
  onLost: (connection: ListenConnection) => void,
): ListenConnection {
  const places = new Set<Place>();
  const channels = new Map<string, Promise<unknown>>();
  const end = () => client.end().catch(() => {});

  const lose = (error: unknown) => {
    onLost(connection);
    const begun = [...places].filter(({ hasBegun }) => hasBegun);
    for (const place of begun) {
      places.delete(place);
      place.listener.onLost(toStorageError("notifications.listen", error));
    }
    if (begun.length > 0) void end();
  };
  // Without a listener of its own an error event would end the process.
  client.on("error", lose);
  client.on("end", () => lose(new Error("the connection was closed")));
  client.on("notification", ({ channel, payload }) => {
    for (const place of places) {
      if (place.hasBegun && place.channel === channel) place.listener.onNotified(payload ?? "");
    }
  });
  const connected = client.connect();
  connected.catch(() => {});

  function listenTo(channel: string): Promise<unknown> {
    const listening = connected.then(() => client.query(`LISTEN ${quoteIdentifier(channel)}`));
    channels.set(channel, listening);
    return listening;
  }

  const connection: ListenConnection = {
    add(channel, listener) {
      const place: Place = { channel, listener, hasBegun: false };
      places.add(place);
      return {
        listening: channels.get(channel) ?? listenTo(channel),
        begin: () => {
          place.hasBegun = true;
        },
        remove: () => places.delete(place),
      };
    },
    listenerCount: () => places.size,
    end,
  };
  return connection;
}
