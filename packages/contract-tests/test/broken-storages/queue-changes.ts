import type { QueueChangeListener, QueueChanges, Storage } from "@tenon/core/ports";
import type { Breakages } from "./breakage.js";

export const brokenQueueChanges: Breakages = {
  "only the first subscriber is woken": {
    caughtBy: "queue changes: what is told reaches every subscriber",
    breakIt: (good) => {
      let subscribers = 0;
      return withQueueChanges(good, (subscribe) => (listener) => {
        subscribers += 1;
        return subscribe(subscribers === 1 ? listener : deaf(listener));
      });
    },
  },
  "a stopped subscription to the queue goes on": {
    caughtBy:
      "queue changes: a subscriber that has stopped hears nothing, those that stay do, and stopping again is no mistake",
    breakIt: (good) =>
      withQueueChanges(good, (subscribe) => async (listener) => {
        await subscribe(listener);
        return { stop: async () => {} };
      }),
  },
};

type Subscribe = NonNullable<QueueChanges["subscribe"]>;

function withQueueChanges(good: Storage, change: (subscribe: Subscribe) => Subscribe): Storage {
  const { queueChanges } = good;
  if (queueChanges?.subscribe === undefined) throw new TypeError("the good storage must listen");
  return { ...good, queueChanges: { ...queueChanges, subscribe: change(queueChanges.subscribe) } };
}

function deaf(listener: QueueChangeListener): QueueChangeListener {
  return { ...listener, onQueueChanged: () => {} };
}
