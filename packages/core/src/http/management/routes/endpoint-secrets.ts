import { z } from "zod";
import { rotateSecretInput } from "../../../webhooks/schemas.js";
import { defineRoute, type Route } from "../route.js";
import { endpointWithSecretBody, showWithSecret } from "./endpoint-body.js";
import { id, noQuery } from "./fields.js";

const endpointParams = z.strictObject({ endpointId: id });
const resource = "endpoints";

const rotateSecret = defineRoute({
  resource,
  name: "rotateSecret",
  method: "POST",
  path: "/:endpointId/rotate-secret",
  permission: "webhooks:write",
  params: endpointParams,
  query: noQuery,
  body: z.strictObject({ overlapSeconds: rotateSecretInput.shape.overlapSeconds }),
  bodyIsOptional: true,
  status: 200,
  reply: { kind: "item", schema: endpointWithSecretBody },
  summary: "Give a webhook endpoint a new secret; the old one signs beside it for a while.",
  takesIdempotencyKey: true,
  holdsSecret: true,
  handle: async ({ input, principal, services }) =>
    showWithSecret(
      await services.endpoints.rotateSecret({
        tenantId: principal.tenantId,
        ...input.params,
        ...input.body,
      }),
    ),
});

const revealSecret = defineRoute({
  resource,
  name: "revealSecret",
  method: "POST",
  path: "/:endpointId/reveal-secret",
  // Whoever holds it can sign as the host does.
  permission: "webhooks:write",
  params: endpointParams,
  query: noQuery,
  body: undefined,
  status: 200,
  reply: { kind: "item", schema: z.object({ secret: z.string() }) },
  summary: "Show the newest signing secret of a webhook endpoint. That it was shown is recorded.",
  holdsSecret: true,
  async handle({ input, principal, services }) {
    const reference = { tenantId: principal.tenantId, ...input.params };
    return { secret: (await services.endpoints.revealSecret(reference)).reveal() };
  },
});

export const endpointSecretRoutes: readonly Route[] = [rotateSecret, revealSecret];
