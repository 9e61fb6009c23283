import { publicIdToUuid } from "@tenon/core/encoding";
import type { KeyChanges, QueueChanges } from "@tenon/core/ports";
import type { PGliteInstance } from "../connect/pglite.js";
import type { Session } from "../connect/session.js";
import { text, uuid } from "../sql/parameters.js";
import { sql } from "../sql/sql.js";
import { tablesIn } from "../sql/tables.js";
import { keyChannel, queueChannel, tellStatement } from "./channels.js";
import { listenOnClient, type PgListenClient } from "./listen-client.js";
import { listenOnPGlite } from "./listen-pglite.js";
import type { Notifications } from "./notifications.js";
import { formatToldMessages, parseToldMessages } from "./told-messages.js";

/** How changes are heard: on the host's client, on PGlite by itself, else not at all. They are told in any case. */
export function createChanges(options: {
  readonly schema: string;
  readonly session: Session;
  readonly listen: (() => PgListenClient) | undefined;
  readonly pglite: PGliteInstance | undefined;
  readonly acquireTimeoutMs: number;
}): { readonly keyChanges: KeyChanges | undefined; readonly queueChanges: QueueChanges } {
  const { schema, session } = options;
  const notifications = chooseNotifications(options);
  const channel = queueChannel(schema);
  const tables = tablesIn(schema);
  return {
    keyChanges: notifications && {
      subscribe: ({ onKeyChanged, onLost }) =>
        notifications.listen(keyChannel(schema), { onNotified: onKeyChanged, onLost }),
    },
    queueChanges: {
      async tell({ messages }) {
        await session.records("queueChanges.tell", tellStatement(channel, formatToldMessages(messages)));
      },
      async tellIfStored({ messages }) {
        const [witness] = messages;
        const id = witness && publicIdToUuid("msg", witness.messageId);
        if (witness === undefined || id === undefined) return false;
        const tell = tellStatement(channel, formatToldMessages(messages));
        const ifStored = sql`${tell} FROM ${tables.messages} m
          WHERE m.tenant_id = ${text(witness.tenantId)} AND m.id = ${uuid(id)}`;
        return (await session.records("queueChanges.tellIfStored", ifStored)).length > 0;
      },
      subscribe:
        notifications &&
        (({ onQueueChanged, onLost }) =>
          notifications.listen(channel, {
            onNotified: (payload) => onQueueChanged(parseToldMessages(payload)),
            onLost,
          })),
    },
  };
}

function chooseNotifications({
  listen,
  pglite,
  acquireTimeoutMs,
}: Pick<Parameters<typeof createChanges>[0], "listen" | "pglite" | "acquireTimeoutMs">):
  | Notifications
  | undefined {
  if (listen !== undefined) return listenOnClient({ createClient: listen, acquireTimeoutMs });
  const onPGlite = pglite?.listen?.bind(pglite);
  return onPGlite && listenOnPGlite({ listen: onPGlite, acquireTimeoutMs });
}
