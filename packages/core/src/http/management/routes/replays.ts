import { z } from "zod";
import { recoverInput, sendTestInput } from "../../../webhooks/schemas.js";
import { defineRoute, type Route } from "../route.js";
import { deliveryBody, showDelivery } from "./delivery-body.js";
import { id, instantInput, noQuery } from "./fields.js";

const endpointParams = z.strictObject({ endpointId: id });
const walk = z.strictObject({
  since: instantInput,
  limit: recoverInput.shape.limit,
  cursor: recoverInput.shape.cursor,
});

const sendTest = defineRoute({
  resource: "deliveries",
  name: "sendTest",
  below: "endpoints",
  method: "POST",
  path: "/:endpointId/test",
  permission: "webhooks:write",
  params: endpointParams,
  query: noQuery,
  body: z.strictObject({ type: sendTestInput.shape.type, data: z.unknown().optional() }),
  bodyIsOptional: true,
  status: 202,
  reply: { kind: "item", schema: deliveryBody },
  summary: "Send an event to one webhook endpoint alone, signed and retried like any other.",
  takesIdempotencyKey: true,
  findProblems: ({ input: { body }, rules }) =>
    body.type === undefined ? [] : rules.findTestProblems({ ...body, type: body.type }),
  handle: async ({ input, principal, services }) =>
    showDelivery(
      await services.endpoints.sendTest({ tenantId: principal.tenantId, ...input.params, ...input.body }),
    ),
});

const resend = defineRoute({
  resource: "deliveries",
  name: "resend",
  below: "messages",
  method: "POST",
  path: "/:messageId/resend",
  permission: "webhooks:write",
  params: z.strictObject({ messageId: id }),
  query: noQuery,
  body: z.strictObject({ endpointId: id }),
  status: 202,
  reply: { kind: "item", schema: deliveryBody },
  summary: "Send a stored message to a webhook endpoint, once more or for the first time.",
  takesIdempotencyKey: true,
  handle: async ({ input, principal, services }) =>
    showDelivery(
      await services.deliveries.resend({ tenantId: principal.tenantId, ...input.params, ...input.body }),
    ),
});

const recover = defineRoute({
  resource: "deliveries",
  name: "recover",
  below: "endpoints",
  method: "POST",
  path: "/:endpointId/recover",
  permission: "webhooks:write",
  params: endpointParams,
  query: noQuery,
  body: walk,
  status: 200,
  reply: { kind: "item", schema: z.object({ recovered: z.int(), nextCursor: z.string().nullable() }) },
  summary: "Retry what became exhausted at a webhook endpoint since an instant.",
  async handle({ input, principal, services }) {
    const { recovered, nextCursor = null } = await services.deliveries.recover({
      tenantId: principal.tenantId,
      ...input.params,
      ...input.body,
    });
    return { recovered, nextCursor };
  },
});

const replay = defineRoute({
  resource: "deliveries",
  name: "replay",
  below: "endpoints",
  method: "POST",
  path: "/:endpointId/replay",
  permission: "webhooks:write",
  params: endpointParams,
  query: noQuery,
  body: walk,
  status: 200,
  reply: { kind: "item", schema: z.object({ replayed: z.int(), nextCursor: z.string().nullable() }) },
  summary: "Send a webhook endpoint the messages it missed since an instant.",
  async handle({ input, principal, services }) {
    const { replayed, nextCursor = null } = await services.deliveries.replay({
      tenantId: principal.tenantId,
      ...input.params,
      ...input.body,
    });
    return { replayed, nextCursor };
  },
});

export const replayRoutes: readonly Route[] = [sendTest, resend, recover, replay];
