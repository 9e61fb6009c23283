import { z } from "zod";
import { toApiKey } from "../../../api-keys/api-key.js";
import { keyUsageInput, listApiKeysInput, rotateApiKeyInput } from "../../../api-keys/schemas.js";
import { findPeriodProblems } from "../../../input/whole-periods.js";
import type { Change } from "../management-kit.js";
import type { Principal } from "../principal/principal.js";
import { defineRoute, type Route } from "../route.js";
import {
  apiKeyBody,
  createApiKeyRequest,
  createdApiKeyBody,
  showApiKey,
  updateApiKeyRequest,
} from "./api-key-body.js";
import { id, instant, instantInput, noParams, noQuery, pageQuery } from "./fields.js";

const keyParams = z.strictObject({ keyId: id });
const filters = listApiKeysInput.shape;
const resource = "apiKeys";

const create = defineRoute({
  resource,
  name: "create",
  method: "POST",
  path: "",
  permission: "api-keys:write",
  params: noParams,
  query: noQuery,
  body: createApiKeyRequest,
  status: 201,
  reply: { kind: "item", schema: createdApiKeyBody },
  summary: "Create an API key. The reply alone shows its text.",
  takesIdempotencyKey: true,
  holdsSecret: true,
  findProblems: ({ input, principal, rules }) =>
    rules.findKeyProblems({ ...input.body, ...grantable(principal) }),
  async handle({ input, principal, services }) {
    const { secret, ...key } = await services.apiKeys.create({
      ...input.body,
      tenantId: principal.tenantId,
      ...grantable(principal),
    });
    return { ...showApiKey(key), key: secret.reveal() };
  },
});

const list = defineRoute({
  resource,
  name: "list",
  method: "GET",
  path: "",
  permission: "api-keys:read",
  params: noParams,
  query: z.strictObject({
    ...pageQuery,
    ownerId: filters.ownerId,
    status: filters.status,
    namePrefix: filters.namePrefix,
    expiresBefore: instantInput.optional(),
  }),
  body: undefined,
  status: 200,
  reply: { kind: "page", schema: apiKeyBody },
  summary: "List API keys, newest first.",
  async handle({ input, principal, services }) {
    const page = await services.apiKeys.list({ ...input.query, tenantId: principal.tenantId });
    return { ...page, items: page.items.map(showApiKey) };
  },
});

const get = defineRoute({
  resource,
  name: "get",
  method: "GET",
  path: "/:keyId",
  permission: "api-keys:read",
  params: keyParams,
  query: noQuery,
  body: undefined,
  status: 200,
  reply: { kind: "item", schema: apiKeyBody },
  summary: "Read an API key, without its text.",
  versioned: true,
  handle: async ({ input, principal, services }) =>
    showApiKey(await services.apiKeys.get({ tenantId: principal.tenantId, keyId: input.params.keyId })),
});

const updates = (["PATCH", "PUT"] as const).map((method) =>
  defineRoute({
    resource,
    name: method === "PATCH" ? "update" : "put",
    method,
    path: "/:keyId",
    permission: "api-keys:write",
    params: keyParams,
    query: noQuery,
    body: updateApiKeyRequest,
    status: 200,
    reply: { kind: "item", schema: apiKeyBody },
    summary: "Change the settings given of an API key, and keep the rest.",
    versioned: true,
    findProblems: ({ input, principal, rules }) =>
      rules.findKeyProblems({ ...input.body, ...grantable(principal) }),
    async handle({ input, principal, change }) {
      const reference = { tenantId: principal.tenantId, keyId: input.params.keyId };
      return change({
        current: currentKey(reference),
        apply: async ({ apiKeys }) =>
          showApiKey(await apiKeys.update({ ...input.body, ...reference, ...grantable(principal) })),
      });
    },
  }),
);

const switches = (["disable", "enable"] as const).map((name) =>
  defineRoute({
    resource,
    name,
    method: "POST",
    path: `/:keyId/${name}`,
    permission: "api-keys:write",
    params: keyParams,
    query: noQuery,
    body: undefined,
    status: 200,
    reply: { kind: "item", schema: apiKeyBody },
    summary:
      name === "disable" ? "Switch an API key off until it is enabled." : "Switch an API key on again.",
    handle: async ({ input, principal, services }) =>
      showApiKey(await services.apiKeys[name]({ tenantId: principal.tenantId, keyId: input.params.keyId })),
  }),
);

const revoke = defineRoute({
  resource,
  name: "revoke",
  method: "DELETE",
  path: "/:keyId",
  permission: "api-keys:write",
  params: keyParams,
  query: noQuery,
  body: undefined,
  status: 204,
  reply: { kind: "none" },
  summary: "Revoke an API key for good. It stays listed.",
  versioned: true,
  async handle({ input, principal, change }) {
    const reference = { tenantId: principal.tenantId, keyId: input.params.keyId };
    return change({
      current: currentKey(reference),
      apply: async ({ apiKeys }) => void (await apiKeys.revoke(reference)),
    });
  },
});

const rotate = defineRoute({
  resource,
  name: "rotate",
  method: "POST",
  path: "/:keyId/rotate",
  permission: "api-keys:write",
  params: keyParams,
  query: noQuery,
  body: z.strictObject({ graceSeconds: rotateApiKeyInput.shape.graceSeconds }),
  status: 201,
  reply: { kind: "item", schema: createdApiKeyBody },
  summary: "Put a successor in an API key's place; the old one works on for the grace.",
  takesIdempotencyKey: true,
  holdsSecret: true,
  async handle({ input, principal, services }) {
    const { successor } = await services.apiKeys.rotate({
      tenantId: principal.tenantId,
      keyId: input.params.keyId,
      graceSeconds: input.body.graceSeconds,
    });
    const { secret, ...key } = successor;
    return { ...showApiKey(key), key: secret.reveal() };
  },
});

const counts = z.record(z.string(), z.int());

const usage = defineRoute({
  resource,
  name: "usage",
  method: "GET",
  path: "/:keyId/usage",
  permission: "api-keys:read",
  params: keyParams,
  query: z.strictObject({
    from: instantInput.optional(),
    to: instantInput.optional(),
    granularity: keyUsageInput.shape.granularity,
  }),
  body: undefined,
  status: 200,
  reply: {
    kind: "item",
    schema: z.object({
      periods: z.array(z.object({ startsAt: instant, counts })),
      total: counts,
    }),
  },
  summary: "Count the calls made with an API key, by hour or day and by how they ended.",
  findProblems: ({ input }) => findPeriodProblems(input.query),
  async handle({ input, principal, reads }) {
    const { periods, total } = await reads.apiKeys.usage({
      ...input.query,
      tenantId: principal.tenantId,
      keyId: input.params.keyId,
    });
    return {
      periods: periods.map(({ startsAt, counts }) => ({ startsAt: startsAt.toISOString(), counts })),
      total,
    };
  },
});

export const apiKeyRoutes: readonly Route[] = [
  create,
  list,
  get,
  ...updates,
  revoke,
  ...switches,
  rotate,
  usage,
];

/** A key of whoever has scopes of its own gets none beyond them. */
function grantable({ scopes }: Principal) {
  return scopes === undefined ? {} : { grantableScopes: [...scopes] };
}

function currentKey(reference: {
  readonly tenantId: string;
  readonly keyId: string;
}): Change<unknown>["current"] {
  return async ({ apiKeys }) => {
    const { tenantId, keyId } = reference;
    const [record] = await apiKeys.lock({ tenantId, keyIds: [keyId] });
    // Whether it has expired meanwhile is no change of it.
    return record && showApiKey(toApiKey(record, record.createdAt));
  };
}
