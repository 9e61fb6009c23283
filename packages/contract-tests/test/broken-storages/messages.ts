import type { NewMessage, Storage } from "@tenon/core/ports";
import { TENANT } from "../../src/storage/setup/fixtures.js";
import { type Breakages, withStores } from "./breakage.js";

export const brokenMessages: Breakages = {
  "an endpoint that holds is treated as one that skips": {
    caughtBy: "fan-out: while an endpoint is disabled, hold makes a held delivery and skip makes none",
    breakIt: (good) =>
      withStores(good, ({ endpoints }) => ({
        endpoints: {
          ...endpoints,
          insert: ({ endpoint, ...rest }) =>
            endpoints.insert({ ...rest, endpoint: { ...endpoint, whileDisabled: "skip" } }),
        },
      })),
  },
  "channels are ignored": {
    caughtBy: "fan-out: an endpoint with channels gets only messages that carry one of them",
    breakIt: (good) =>
      withStores(good, ({ endpoints }) => ({
        endpoints: {
          ...endpoints,
          insert: ({ endpoint, ...rest }) =>
            endpoints.insert({ ...rest, endpoint: { ...endpoint, channels: [] } }),
        },
      })),
  },
  "idempotency keys are ignored": {
    caughtBy:
      "idempotency keys: eight callers publish one idempotency key at once: one stores, the others get its message",
    breakIt: (good) => withMessagesAs(good, (message) => ({ ...message, idempotencyKey: undefined })),
  },
  "payloads are parsed and written again": {
    caughtBy: "messages: a payload is kept and handed to the runner to the letter",
    breakIt: (good) =>
      withMessagesAs(good, (message) => ({
        ...message,
        payload: JSON.stringify(JSON.parse(message.payload)),
      })),
  },
  "another tenant's messages are found": {
    caughtBy:
      "messages: of messages asked for, those that are stored are found: not another tenant's, nor what is no id",
    breakIt: (good) =>
      withStores(good, ({ messages }) => ({
        messages: {
          ...messages,
          findStored: ({ messages: asked }) =>
            messages.findStored({ messages: asked.map((one) => ({ ...one, tenantId: TENANT })) }),
        },
      })),
  },
  "deliverAt is ignored": {
    caughtBy: "messages: deliverAt keeps a delivery from being claimed before its instant",
    breakIt: (good) => withMessagesAs(good, (message) => ({ ...message, deliverAt: undefined })),
  },
};

function withMessagesAs(good: Storage, change: (message: NewMessage) => NewMessage): Storage {
  return withStores(good, ({ messages }) => ({
    messages: {
      ...messages,
      publish: (request) => messages.publish({ ...request, messages: request.messages.map(change) }),
    },
  }));
}
