import { ConflictError } from "@tenon/core/errors";
import type { MessageRecord, MessageStore, NewMessage } from "@tenon/core/ports";
import { matchesChannels, matchesEventType } from "@tenon/core/webhooks";
import type { Session } from "../session.js";
import { scopeKey } from "../table/composite-key.js";
import { take } from "../table/take.js";
import type { EndpointRow, Tables } from "../tables.js";
import { insertDelivery } from "./insert-delivery.js";
import { snapshot } from "./snapshot.js";
import type { StoreContext } from "./store-context.js";

export function createMessageStore(session: Session, context: StoreContext): MessageStore {
  return {
    publish: ({ messages, now = context.clock.now() }) =>
      session.write("messages.publish", (tables) =>
        messages.map((message) => {
          const earlier = findByIdempotencyKey(tables, message);
          if (earlier !== undefined) return { message: earlier, duplicate: true, deliveryCount: 0 };
          const record = insertMessage(tables, message, now);
          const endpoints = matchingEndpoints(tables, record);
          for (const [place, { id: endpointId }] of endpoints.entries()) {
            insertDelivery(tables, { message: record, endpointId, createdAt: now, place }, context);
          }
          return { message: record, duplicate: false, deliveryCount: endpoints.length };
        }),
      ),

    find: ({ tenantId, messageId }) =>
      session.read("messages.find", (tables) => tables.messages.get(scopeKey(tenantId, messageId))),

    findStored: ({ messages }) =>
      session.read("messages.findStored", (tables) =>
        messages
          .filter(
            ({ tenantId, messageId }) => tables.messages.get(scopeKey(tenantId, messageId)) !== undefined,
          )
          .map(({ messageId }) => messageId),
      ),

    list: ({ tenantId, limit, cursor }) =>
      session.read("messages.list", (tables) => {
        const prefix = scopeKey(tenantId);
        const below = cursor === undefined ? undefined : prefix + cursor;
        return take(tables.messages.descend("byTenant", { prefix, below }), limit);
      }),
  };
}

function findByIdempotencyKey(
  tables: Tables,
  { tenantId, idempotencyKey }: NewMessage,
): MessageRecord | undefined {
  if (idempotencyKey === undefined) return undefined;
  const prefix = scopeKey(tenantId, idempotencyKey);
  return take(tables.messages.ascend("byIdempotencyKey", { prefix }), 1)[0];
}

function insertMessage(tables: Tables, message: NewMessage, now: Date): MessageRecord {
  if (tables.messages.get(scopeKey(message.tenantId, message.id)) !== undefined) {
    throw new ConflictError("A message with this id exists");
  }
  const record = snapshot({ ...message, createdAt: now });
  tables.messages.put(record);
  return record;
}

function matchingEndpoints(tables: Tables, message: MessageRecord): readonly EndpointRow[] {
  const { tenantId, endpointId } = message;
  const candidates =
    endpointId === undefined
      ? [...tables.endpoints.ascend("byTenant", { prefix: scopeKey(tenantId) })]
      : [tables.endpoints.get(scopeKey(tenantId, endpointId))].filter((endpoint) => endpoint !== undefined);
  return candidates.filter(
    (endpoint) =>
      matchesEventType(endpoint.eventTypes, message.type) &&
      matchesChannels(endpoint.channels, message.channels) &&
      (endpoint.disabledAt === undefined || endpoint.whileDisabled === "hold"),
  );
}
