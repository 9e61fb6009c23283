import type { MessageRecord } from "../ports/message-store.js";

/** A published event as hosts see it. */
export type Message = Omit<MessageRecord, "requestHash">;

/** Shows a record to hosts. */
export function toMessage({ requestHash: _, ...message }: MessageRecord): Message {
  return message;
}
