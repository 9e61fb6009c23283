import { z } from "zod";
import { toEndpoint } from "../../../webhooks/endpoint.js";
import { enableEndpointInput, listEndpointsInput } from "../../../webhooks/schemas.js";
import type { Change } from "../management-kit.js";
import { defineRoute, type Route } from "../route.js";
import {
  createEndpointRequest,
  endpointBody,
  endpointWithSecretBody,
  showEndpoint,
  showWithSecret,
  updateEndpointRequest,
} from "./endpoint-body.js";
import { id, noParams, noQuery, pageQuery } from "./fields.js";

const endpointParams = z.strictObject({ endpointId: id });
const filters = listEndpointsInput.shape;
const resource = "endpoints";

const create = defineRoute({
  resource,
  name: "create",
  method: "POST",
  path: "",
  permission: "webhooks:write",
  params: noParams,
  query: noQuery,
  body: createEndpointRequest,
  status: 201,
  reply: { kind: "item", schema: endpointWithSecretBody },
  summary: "Create a webhook endpoint. The reply shows its signing secret.",
  takesIdempotencyKey: true,
  holdsSecret: true,
  findProblems: ({ input, rules }) => rules.findEndpointProblems(input.body),
  async handle({ input, principal, change }) {
    const { enabled = true, ...endpoint } = input.body;
    const { tenantId } = principal;
    return change({
      current: async () => undefined,
      inOneStep: !enabled,
      async apply({ endpoints }) {
        const created = await endpoints.create({ tenantId, ...endpoint });
        if (enabled) return showWithSecret(created);
        const disabled = await endpoints.disable({ tenantId, endpointId: created.id });
        return showWithSecret({ secret: created.secret, ...disabled });
      },
    });
  },
});

const list = defineRoute({
  resource,
  name: "list",
  method: "GET",
  path: "",
  permission: "webhooks:read",
  params: noParams,
  query: z.strictObject({
    ...pageQuery,
    status: filters.status,
    eventType: filters.eventType,
    integrationId: filters.integrationId,
  }),
  body: undefined,
  status: 200,
  reply: { kind: "page", schema: endpointBody },
  summary: "List webhook endpoints, newest first.",
  async handle({ input, principal, services }) {
    const page = await services.endpoints.list({ tenantId: principal.tenantId, ...input.query });
    return { ...page, items: page.items.map(showEndpoint) };
  },
});

const get = defineRoute({
  resource,
  name: "get",
  method: "GET",
  path: "/:endpointId",
  permission: "webhooks:read",
  params: endpointParams,
  query: noQuery,
  body: undefined,
  status: 200,
  reply: { kind: "item", schema: endpointBody },
  summary: "Read a webhook endpoint, without its secret.",
  versioned: true,
  handle: async ({ input, principal, services }) =>
    showEndpoint(await services.endpoints.get({ tenantId: principal.tenantId, ...input.params })),
});

const updates = (["PATCH", "PUT"] as const).map((method) =>
  defineRoute({
    resource,
    name: method === "PATCH" ? "update" : "put",
    method,
    path: "/:endpointId",
    permission: "webhooks:write",
    params: endpointParams,
    query: noQuery,
    body: updateEndpointRequest,
    status: 200,
    reply: { kind: "item", schema: endpointBody },
    summary: "Change the settings given of a webhook endpoint, and keep the rest.",
    versioned: true,
    findProblems: ({ input, rules }) => rules.findEndpointProblems(input.body),
    async handle({ input, principal, change }) {
      const { enabled, ...changes } = input.body;
      const reference = { tenantId: principal.tenantId, ...input.params };
      const isChanged = Object.keys(changes).length > 0;
      return change({
        current: currentEndpoint(reference),
        inOneStep: isChanged && enabled !== undefined,
        async apply({ endpoints }) {
          const updated =
            isChanged || enabled === undefined
              ? await endpoints.update({ ...changes, ...reference })
              : undefined;
          return showEndpoint(updated === undefined || enabled !== undefined ? await switched() : updated);

          function switched() {
            return enabled ? endpoints.enable(reference) : endpoints.disable(reference);
          }
        },
      });
    },
  }),
);

const remove = defineRoute({
  resource,
  name: "delete",
  method: "DELETE",
  path: "/:endpointId",
  permission: "webhooks:write",
  params: endpointParams,
  query: noQuery,
  body: undefined,
  status: 204,
  reply: { kind: "none" },
  summary: "Delete a webhook endpoint: it gets nothing more.",
  versioned: true,
  async handle({ input, principal, change }) {
    const reference = { tenantId: principal.tenantId, ...input.params };
    return change({
      current: currentEndpoint(reference),
      apply: ({ endpoints }) => endpoints.delete(reference),
    });
  },
});

const disable = defineRoute({
  resource,
  name: "disable",
  method: "POST",
  path: "/:endpointId/disable",
  permission: "webhooks:write",
  params: endpointParams,
  query: noQuery,
  body: undefined,
  status: 200,
  reply: { kind: "item", schema: endpointBody },
  summary: "Switch a webhook endpoint off; what is pending is held.",
  handle: async ({ input, principal, services }) =>
    showEndpoint(await services.endpoints.disable({ tenantId: principal.tenantId, ...input.params })),
});

const enable = defineRoute({
  resource,
  name: "enable",
  method: "POST",
  path: "/:endpointId/enable",
  permission: "webhooks:write",
  params: endpointParams,
  query: noQuery,
  body: z.strictObject({ held: enableEndpointInput.shape.held }),
  bodyIsOptional: true,
  status: 200,
  reply: { kind: "item", schema: endpointBody },
  summary: "Switch a webhook endpoint on, and deliver or cancel what was held.",
  handle: async ({ input, principal, services }) =>
    showEndpoint(
      await services.endpoints.enable({ tenantId: principal.tenantId, ...input.params, ...input.body }),
    ),
});

export const endpointRoutes: readonly Route[] = [create, list, get, ...updates, remove, disable, enable];

function currentEndpoint(reference: {
  readonly tenantId: string;
  readonly endpointId: string;
}): Change<unknown>["current"] {
  return async ({ endpoints }) => {
    const record = await endpoints.lock(reference);
    return record && showEndpoint(toEndpoint(record));
  };
}
