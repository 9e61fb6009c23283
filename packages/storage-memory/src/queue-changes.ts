import type { QueueChangeListener, QueueChanges } from "@tenon/core/ports";

/** Wakes the runners of every kit on this storage. */
export function createQueueChanges(): QueueChanges {
  const listeners = new Set<Pick<QueueChangeListener, "onQueueChanged">>();
  return {
    async tell({ messages }) {
      for (const { onQueueChanged } of listeners) onQueueChanged(messages);
    },
    async subscribe({ onQueueChanged }) {
      const listener = { onQueueChanged };
      listeners.add(listener);
      return { stop: async () => void listeners.delete(listener) };
    },
  };
}
