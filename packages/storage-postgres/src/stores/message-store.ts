import { publicIdToUuid, uuidToPublicId } from "@tenon/core/encoding";
import { ConflictError, StorageError } from "@tenon/core/errors";
import type { MessageRecord, MessageStore, NewMessage, PublishOutcome } from "@tenon/core/ports";
import { pageStart } from "../sql/ids.js";
import { integer, jsonRows, text, uuid } from "../sql/parameters.js";
import { asRecords, toDate, toOptionalDate } from "../sql/records.js";
import { sql } from "../sql/sql.js";
import { type PublishedRow, publishStatement } from "./publish-statement.js";
import type { StoreContext } from "./store-context.js";

interface MessageRow {
  readonly tenant_id: string;
  readonly id: string;
  readonly type: string;
  readonly payload: string | null;
  readonly channels: readonly string[];
  readonly endpoint_id: string | null;
  readonly idempotency_key: string | null;
  readonly request_hash: string | null;
  readonly deliver_at: string | null;
  readonly created_at: string;
}

const COLUMNS = sql`m.tenant_id, m.id, m.type, m.payload, m.channels, m.endpoint_id, m.idempotency_key,
  encode(m.request_hash, 'hex') AS request_hash, m.deliver_at, m.created_at`;

/** Messages, and the fan-out to deliveries that belongs to publishing them. */
export function createMessageStore(context: StoreContext): MessageStore {
  const { session, tables } = context;

  /** The messages that took the idempotency keys first. */
  const findTaken = async (messages: readonly NewMessage[]) => {
    const keys = messages.map(({ tenantId, idempotencyKey }) => ({
      tenant_id: tenantId,
      key: idempotencyKey,
    }));
    const query = sql`
      SELECT ${COLUMNS} FROM json_to_recordset(${jsonRows(keys)}) AS taken(tenant_id text, key text)
      JOIN ${tables.messages} m ON m.tenant_id = taken.tenant_id AND m.idempotency_key = taken.key`;
    const rows = await session.records<MessageRow>("messages.publish", asRecords(query));
    return new Map(rows.map((row) => [inTenant(row.tenant_id, row.idempotency_key), toMessage(row)]));
  };

  return {
    publish: async ({ messages, now: at }) => {
      if (messages.length === 0) return [];
      const rows = await session.records<PublishedRow>(
        "messages.publish",
        publishStatement(tables, messages, at),
      );
      const published = new Map(
        rows.map((row) => [inTenant(row.tenant_id, uuidToPublicId("msg", row.id)), row]),
      );
      const refused = messages.filter(({ tenantId, id }) => !published.has(inTenant(tenantId, id)));
      const taken = refused.length === 0 ? new Map<string, MessageRecord>() : await findTaken(refused);
      return messages.map((message): PublishOutcome => {
        const row = published.get(inTenant(message.tenantId, message.id));
        if (row !== undefined) {
          const record = { createdAt: toDate(row.created_at), ...message };
          return { message: record, duplicate: false, deliveryCount: row.delivery_count };
        }
        const earlier = taken.get(inTenant(message.tenantId, message.idempotencyKey ?? null));
        if (earlier === undefined)
          throw message.idempotencyKey === undefined ? idTakenError() : vanishedError();
        return { message: earlier, duplicate: true, deliveryCount: 0 };
      });
    },

    find: async ({ tenantId, messageId }) => {
      const id = publicIdToUuid("msg", messageId);
      if (id === undefined) return undefined;
      const query = sql`SELECT ${COLUMNS} FROM ${tables.messages} m
        WHERE m.tenant_id = ${text(tenantId)} AND m.id = ${uuid(id)}`;
      const [row] = await session.records<MessageRow>("messages.find", asRecords(query));
      return row === undefined ? undefined : toMessage(row);
    },

    findStored: async ({ messages }) => {
      const asked = messages.flatMap(({ tenantId, messageId }) => {
        const id = publicIdToUuid("msg", messageId);
        return id === undefined ? [] : [{ tenant_id: tenantId, id }];
      });
      if (asked.length === 0) return [];
      const query = sql`SELECT m.id FROM json_to_recordset(${jsonRows(asked)}) AS asked(tenant_id text, id uuid)
        JOIN ${tables.messages} m ON m.tenant_id = asked.tenant_id AND m.id = asked.id`;
      const rows = await session.records<Pick<MessageRow, "id">>("messages.findStored", asRecords(query));
      return rows.map(({ id }) => uuidToPublicId("msg", id));
    },

    list: async ({ tenantId, limit, cursor }) => {
      const start = pageStart("msg", cursor);
      if (start === undefined) return [];
      const older = start.before === undefined ? sql`` : sql`AND m.id < ${uuid(start.before)}`;
      const query = sql`SELECT ${COLUMNS} FROM ${tables.messages} m
        WHERE m.tenant_id = ${text(tenantId)} ${older} ORDER BY m.id DESC LIMIT ${integer(limit)}`;
      return (await session.records<MessageRow>("messages.list", asRecords(query))).map(toMessage);
    },
  };
}

function inTenant(tenantId: string, name: string | null): string {
  return JSON.stringify([tenantId, name]);
}

function toMessage(row: MessageRow): MessageRecord {
  return {
    tenantId: row.tenant_id,
    id: uuidToPublicId("msg", row.id),
    type: row.type,
    payload: row.payload ?? "",
    channels: row.channels,
    endpointId: row.endpoint_id === null ? undefined : uuidToPublicId("ep", row.endpoint_id),
    idempotencyKey: row.idempotency_key ?? undefined,
    requestHash: row.request_hash ?? undefined,
    deliverAt: toOptionalDate(row.deliver_at),
    createdAt: toDate(row.created_at),
  };
}

function idTakenError(): ConflictError {
  return new ConflictError("a message with this id exists already");
}

function vanishedError(): StorageError {
  const message = "messages.publish failed: the message that held the idempotency key is gone; publish again";
  return new StorageError("STORAGE_FAILED", message, { operation: "messages.publish", retryable: true });
}
