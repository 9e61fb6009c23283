import { z } from "zod";
import type { DeliveryRecord } from "../../../ports/delivery-store.js";
import type { TenonServices } from "../../../tenon.js";
import { deliveryNotFound } from "../../../webhooks/not-found.js";
import { listDeliveriesInput } from "../../../webhooks/schemas.js";
import type { Principal } from "../principal/principal.js";
import { defineRoute, type Route } from "../route.js";
import {
  attemptBody,
  deliveryBody,
  deliveryWithAttemptsBody,
  showAttempt,
  showDelivery,
} from "./delivery-body.js";
import { id, noParams, noQuery, pageQuery } from "./fields.js";

/** Hosts may put an endpoint into the path: then the delivery must be one of its own. */
const deliveryParams = z.strictObject({ deliveryId: id, endpointId: id.optional() });
const { state } = listDeliveriesInput.shape;
/** What is shown with each: the requests made for it, at the price of one more reading each. */
const include = z.enum(["attempts"]).optional();
const resource = "deliveries";

const list = defineRoute({
  resource,
  name: "list",
  method: "GET",
  path: "",
  permission: "webhooks:read",
  params: noParams,
  query: z.strictObject({
    ...pageQuery,
    endpointId: id.optional(),
    messageId: id.optional(),
    state,
    include,
  }),
  body: undefined,
  status: 200,
  reply: { kind: "page", schema: deliveryWithAttemptsBody },
  summary: "List deliveries, newest message first.",
  async handle({ input, principal, services }) {
    const { include, ...filter } = input.query;
    const page = await services.deliveries.list({ tenantId: principal.tenantId, ...filter });
    return { ...page, items: await showDeliveries(services, page.items, include) };
  },
});

const listOfEndpoint = defineRoute({
  resource,
  name: "listOfEndpoint",
  below: "endpoints",
  method: "GET",
  path: "/:endpointId/deliveries",
  permission: "webhooks:read",
  params: z.strictObject({ endpointId: id }),
  query: z.strictObject({ ...pageQuery, messageId: id.optional(), state, include }),
  body: undefined,
  status: 200,
  reply: { kind: "page", schema: deliveryWithAttemptsBody },
  summary: "List the deliveries to a webhook endpoint, newest message first.",
  async handle({ input, principal, services }) {
    const reference = { tenantId: principal.tenantId, ...input.params };
    await services.endpoints.get(reference);
    const { include, ...filter } = input.query;
    const page = await services.deliveries.list({ ...filter, ...reference });
    return { ...page, items: await showDeliveries(services, page.items, include) };
  },
});

const get = defineRoute({
  resource,
  name: "get",
  method: "GET",
  path: "/:deliveryId",
  permission: "webhooks:read",
  params: deliveryParams,
  query: noQuery,
  body: undefined,
  status: 200,
  reply: { kind: "item", schema: deliveryBody },
  summary: "Read a delivery.",
  handle: async ({ input, principal, services }) =>
    showDelivery(await find(services, principal, input.params)),
});

const attempts = defineRoute({
  resource,
  name: "attempts",
  method: "GET",
  path: "/:deliveryId/attempts",
  permission: "webhooks:read",
  params: deliveryParams,
  query: noQuery,
  body: undefined,
  status: 200,
  reply: { kind: "list", schema: attemptBody },
  summary: "List the requests made for a delivery, first one first; at most the last 100.",
  async handle({ input, principal, services }) {
    const { tenantId, id: deliveryId } = await find(services, principal, input.params);
    const made = await services.deliveries.attempts({ tenantId, deliveryId });
    return { items: made.map(showAttempt), nextCursor: undefined };
  },
});

const again = (["retry", "discard"] as const).map((name) =>
  defineRoute({
    resource,
    name,
    method: "POST",
    path: `/:deliveryId/${name}`,
    permission: "webhooks:write",
    params: deliveryParams,
    query: noQuery,
    body: undefined,
    status: 200,
    reply: { kind: "item", schema: deliveryBody },
    summary:
      name === "retry"
        ? "Give a delivery another chance, or make one that waits due now."
        : "Give a delivery up.",
    async handle({ input, principal, services }) {
      const { tenantId, id: deliveryId } = await find(services, principal, input.params);
      return showDelivery(await services.deliveries[name]({ tenantId, deliveryId }));
    },
  }),
);

export const deliveryRoutes: readonly Route[] = [list, listOfEndpoint, get, attempts, ...again];

async function showDeliveries(
  { deliveries }: TenonServices,
  page: readonly DeliveryRecord[],
  include: "attempts" | undefined,
): Promise<readonly z.output<typeof deliveryWithAttemptsBody>[]> {
  if (include === undefined) return page.map(showDelivery);
  const shown = [];
  // One after the other: a page of a hundred must not take every connection there is.
  for (const delivery of page) {
    const { tenantId, id: deliveryId } = delivery;
    const attempts = await deliveries.attempts({ tenantId, deliveryId });
    shown.push({ ...showDelivery(delivery), attempts: attempts.map(showAttempt) });
  }
  return shown;
}

async function find(
  { deliveries }: TenonServices,
  { tenantId }: Principal,
  { deliveryId, endpointId }: z.output<typeof deliveryParams>,
): Promise<DeliveryRecord> {
  const delivery = await deliveries.get({ tenantId, deliveryId });
  if (endpointId === undefined || endpointId === delivery.endpointId) return delivery;
  throw deliveryNotFound({ deliveryId });
}
