import { z } from "zod";
import type { Message } from "../../../webhooks/message.js";
import { defineRoute, type Route } from "../route.js";
import { schemaNames } from "../schema-names.js";
import { id, instant, noParams, noQuery, pageQuery, showInstant } from "./fields.js";

const resource = "messages";

const messageBody = z
  .object({
    id: z.string(),
    type: z.string(),
    channels: z.array(z.string()),
    endpointId: z.string().nullable(),
    idempotencyKey: z.string().nullable(),
    deliverAt: instant.nullable(),
    createdAt: instant,
  })
  .register(schemaNames, { name: "Message" });

/** With the very text that is signed and sent. */
const messageWithPayloadBody = messageBody
  .extend({ payload: z.string() })
  .register(schemaNames, { name: "MessageWithPayload" });

const list = defineRoute({
  resource,
  name: "list",
  method: "GET",
  path: "",
  permission: "webhooks:read",
  params: noParams,
  query: z.strictObject(pageQuery),
  body: undefined,
  status: 200,
  reply: { kind: "page", schema: messageBody },
  summary: "List published messages, newest first, without their payloads.",
  async handle({ input, principal, services }) {
    const page = await services.messages.list({ ...input.query, tenantId: principal.tenantId });
    return { ...page, items: page.items.map(showMessage) };
  },
});

const get = defineRoute({
  resource,
  name: "get",
  method: "GET",
  path: "/:messageId",
  permission: "webhooks:read",
  params: z.strictObject({ messageId: id }),
  query: noQuery,
  body: undefined,
  status: 200,
  reply: { kind: "item", schema: messageWithPayloadBody },
  summary: "Read a published message, with the text that is sent.",
  async handle({ input, principal, services }) {
    const message = await services.messages.get({ tenantId: principal.tenantId, ...input.params });
    return { ...showMessage(message), payload: message.payload };
  },
});

export const messageRoutes: readonly Route[] = [list, get];

function showMessage(message: Message): z.output<typeof messageBody> {
  return {
    id: message.id,
    type: message.type,
    channels: [...message.channels],
    endpointId: message.endpointId ?? null,
    idempotencyKey: message.idempotencyKey ?? null,
    deliverAt: showInstant(message.deliverAt),
    createdAt: message.createdAt.toISOString(),
  };
}
