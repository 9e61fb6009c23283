import type { EndpointChanges, Storage } from "@tenon/core/ports";
import { type Breakages, withStores } from "./breakage.js";

export const brokenEndpoints: Breakages = {
  "an update writes back what was read before: others' changes are lost": {
    caughtBy: "changing endpoints: eight updates of different fields at once: none is lost",
    breakIt: (good) =>
      withEndpointsAs(good, (endpoints) => ({
        async update({ changes, ...request }) {
          const read = await endpoints.find(request);
          const { url, eventTypes, channels, metadata, fifo, name = null, description = null } = read ?? {};
          const all = { url, eventTypes, channels, metadata, fifo, name, description, ...changes };
          return endpoints.update({ ...request, changes: all as EndpointChanges });
        },
      })),
  },
  "the maximum is checked before, not with the insertion": {
    caughtBy: "changing endpoints: eight callers create endpoints at once: the maximum holds",
    breakIt: (good) =>
      withEndpointsAs(good, (endpoints) => ({
        async insert({ maxEndpoints = 1e6, ...request }) {
          const { tenantId } = request.endpoint;
          const { length } = await endpoints.list({ tenantId, limit: 1_000 });
          return endpoints.insert({ ...request, ...(length < maxEndpoints ? {} : { maxEndpoints: 0 }) });
        },
      })),
  },
  "a deletion only switches off": {
    caughtBy:
      "deleting endpoints: what was pending shows as cancelled at once, is never claimed, and stays cancelled",
    breakIt: (good) =>
      withEndpointsAs(good, (endpoints) => ({
        delete: async (request) => (await endpoints.disable({ ...request, reason: "deleted" })) !== undefined,
      })),
  },
  "the old secret is dropped at once": {
    caughtBy: "rotating secrets: old and new sign side by side until the overlap ends, newest first",
    breakIt: (good) =>
      withEndpointsAs(good, (endpoints) => ({
        rotateSecret: (request) => endpoints.rotateSecret({ ...request, overlapSeconds: 0 }),
      })),
  },
  "any number of secrets signs": {
    caughtBy:
      "rotating secrets: however often they are rotated, no more sign than may: the oldest end at once",
    breakIt: (good) =>
      withEndpointsAs(good, (endpoints) => ({
        rotateSecret: ({ mostSecrets: _, ...request }) => endpoints.rotateSecret(request),
      })),
  },
  "a fifo endpoint is served like any other": {
    caughtBy: "an endpoint's own pace: a fifo endpoint's head keeps the others waiting until it is final",
    breakIt: (good) =>
      withEndpointsAs(good, (endpoints) => ({
        insert: ({ endpoint, ...request }) =>
          endpoints.insert({ ...request, endpoint: { ...endpoint, fifo: false } }),
      })),
  },
  "an endpoint's concurrency is ignored": {
    caughtBy:
      "an endpoint's own pace: eight runners claim at once: an endpoint's own concurrency holds over all of them",
    breakIt: (good) =>
      withEndpointsAs(good, (endpoints) => ({
        insert: ({ endpoint, ...request }) =>
          endpoints.insert({ ...request, endpoint: { ...endpoint, concurrency: undefined } }),
      })),
  },
  "rate limits are ignored": {
    caughtBy: "an endpoint's rate limit: eight runners claim at once: together they stay within the limit",
    breakIt: (good) =>
      withEndpointsAs(good, (endpoints) => ({
        insert: ({ endpoint, ...request }) =>
          endpoints.insert({ ...request, endpoint: { ...endpoint, rateLimit: undefined } }),
      })),
  },
  "each runner counts an endpoint's rate for itself": {
    caughtBy: "an endpoint's rate limit: eight runners claim at once: together they stay within the limit",
    breakIt(good) {
      const limits = new Map<string, number>();
      const withoutLimits = withEndpointsAs(good, (endpoints) => ({
        insert({ endpoint, ...request }) {
          limits.set(endpoint.id, endpoint.rateLimit?.limit ?? Number.POSITIVE_INFINITY);
          return endpoints.insert({ ...request, endpoint: { ...endpoint, rateLimit: undefined } });
        },
      }));
      return withStores(withoutLimits, ({ queue }) => ({
        queue: {
          ...queue,
          claim: (request) =>
            queue.claim({
              ...request,
              slotsPerEndpoint: Math.min(...limits.values(), request.slotsPerEndpoint),
            }),
        },
      }));
    },
  },
  "slow endpoints may take every slot": {
    caughtBy:
      "endpoint health: slow endpoints together have at most slotsForSlow leases, take turns, and leave the others theirs",
    breakIt: (good) =>
      withStores(good, ({ queue }) => ({
        queue: { ...queue, claim: (request) => queue.claim({ ...request, slotsForSlow: 1e6 }) },
      })),
  },
  "everybody who asks is told that a failing endpoint was disabled": {
    caughtBy:
      "endpoint health: an endpoint that fails on is warned of once, then disabled once, whoever asks",
    breakIt: (good) =>
      withEndpointsAs(good, (endpoints) => ({
        async disableFailing(request) {
          const step = await endpoints.disableFailing(request);
          return (await endpoints.find(request))?.disabledAt === undefined ? step : "disabled";
        },
      })),
  },
  "leases know nothing of an endpoint's own time limit": {
    caughtBy:
      "an endpoint's own pace: a lease outlives the endpoint's own time limit by the margin, and is never shorter than asked",
    breakIt: (good) =>
      withStores(good, ({ queue }) => ({
        queue: { ...queue, claim: (request) => queue.claim({ ...request, leaseMarginMs: -1e9 }) },
      })),
  },
};

type Endpoints = Storage["endpoints"];

function withEndpointsAs(good: Storage, change: (endpoints: Endpoints) => Partial<Endpoints>): Storage {
  return withStores(good, ({ endpoints }) => ({ endpoints: { ...endpoints, ...change(endpoints) } }));
}
