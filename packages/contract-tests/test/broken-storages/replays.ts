import type { Storage } from "@tenon/core/ports";
import { type Breakages, withStores } from "./breakage.js";

export const brokenReplays: Breakages = {
  "a retried delivery goes on where its schedule ended": {
    caughtBy:
      "a second chance: an exhausted delivery that is retried is pending again, its attempts kept, its schedule begun anew",
    breakIt: (good) =>
      withStores(good, ({ queue }) => ({
        queue: {
          ...queue,
          async claim(request) {
            const outcome = await queue.claim(request);
            const deliveries = outcome.deliveries.map((one) => ({ ...one, attemptsBefore: 0 }));
            return { ...outcome, deliveries };
          },
        },
      })),
  },
  "what is under way can be retried and discarded": {
    caughtBy: "a second chance: what succeeded or is under way isn't discarded",
    breakIt: (good) =>
      withStores(good, ({ replays }) => ({
        replays: {
          ...replays,
          retry: (request) => replays.retry(inAnHour(request)),
          discard: (request) => replays.discard(inAnHour(request)),
        },
      })),
  },
  "recovering forgets since when": {
    caughtBy:
      "a second chance: recovering revives what was exhausted since then at that endpoint, in bounded steps",
    breakIt: (good) =>
      withStores(good, ({ replays }) => ({
        replays: {
          ...replays,
          recover: (request) => replays.recover({ ...request, since: new Date(0) }),
        },
      })),
  },
  "a page of a replay is as long as it likes": {
    caughtBy:
      "messages sent once more: replaying sends what matches now, was stored since then, and has no delivery there",
    breakIt: (good) =>
      withStores(good, ({ replays }) => ({
        replays: { ...replays, replay: (request) => replays.replay({ ...request, limit: 1_000 }) },
      })),
  },
  "each resend makes one more delivery": {
    caughtBy:
      "messages sent once more: a message is resent as a new delivery, whatever the endpoint's filter, once it isn't pending",
    breakIt: (good) =>
      withStores(good, ({ replays, deliveries }) => ({
        replays: { ...replays, resend: (request) => resendAfterDiscard({ replays, deliveries }, request) },
      })),
  },
  "dead letters are counted without a bound": {
    caughtBy: "a second chance: dead letters are listed and counted, those of one endpoint alone if asked",
    breakIt: (good) =>
      withStores(good, ({ deliveries }) => ({
        deliveries: {
          ...deliveries,
          count: (request) => deliveries.count({ ...request, limit: 1_000 }),
        },
      })),
  },
};

type ResendRequest = Parameters<Storage["replays"]["resend"]>[0];

async function resendAfterDiscard(
  { replays, deliveries }: Pick<Storage, "replays" | "deliveries">,
  request: ResendRequest,
): Promise<string | undefined> {
  const { tenantId, messageId, endpointId } = request;
  const earlier = await deliveries.list({ tenantId, messageId, endpointId, limit: 9 });
  for (const { id } of earlier)
    await replays.discard({ tenantId, deliveryId: id, now: request.now ?? new Date() });
  return replays.resend(request);
}

function inAnHour<Request extends { readonly now?: Date }>({ now = new Date(), ...request }: Request) {
  return { ...request, now: new Date(now.getTime() + 3_600_000) };
}
