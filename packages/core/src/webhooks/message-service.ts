import { listPage, type Page } from "../input/page.js";
import { parseInput } from "../input/parse-input.js";
import type { MessageStore } from "../ports/message-store.js";
import { type Message, toMessage } from "./message.js";
import { messageNotFound } from "./not-found.js";
import {
  type ListMessagesInput,
  listMessagesInput,
  type MessageReference,
  messageReference,
} from "./schemas.js";

export interface MessageService {
  /** @throws {NotFoundError} when the tenant has no such message. */
  get(input: MessageReference): Promise<Message>;
  /** Newest first, at most `limit` (default 50, at most 100). */
  list(input: ListMessagesInput): Promise<Page<Message>>;
}

export function createMessageService({ store }: { readonly store: MessageStore }): MessageService {
  return {
    async get(input) {
      const reference = parseInput(messageReference, input);
      const message = await store.find(reference);
      if (message !== undefined) return toMessage(message);
      throw messageNotFound(reference);
    },
    async list(input) {
      const { tenantId, limit, cursor } = parseInput(listMessagesInput, input);
      const page = await listPage(limit, (count) =>
        store.list({ tenantId, limit: count, ...(cursor === undefined ? {} : { cursor }) }),
      );
      return { ...page, items: page.items.map(toMessage) };
    },
  };
}
