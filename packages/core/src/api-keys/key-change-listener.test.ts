import { createManualClock } from "@tenon/contract-tests";
import { expect, test } from "vitest";
import type { KeyChangeListener } from "../ports/key-changes.js";
import { createKeyChangeListener } from "./key-change-listener.js";

/** Key changes that a test tells, loses and lets fail, and a cache that writes down what it is told. */
function setUp({ failures = 0 } = {}) {
  const clock = createManualClock();
  const events: string[] = [];
  const listeners: KeyChangeListener[] = [];
  let stopped = 0;
  let failuresLeft = failures;
  const log = (_: object, message: string) => void events.push(message);
  const task = createKeyChangeListener({
    keyChanges: {
      async subscribe(listener) {
        if (failuresLeft > 0) {
          failuresLeft -= 1;
          throw new Error("out");
        }
        listeners.push(listener);
        const stop = async () => {
          stopped += 1;
        };
        return { stop };
      },
    },
    cache: { evict: (hash) => void events.push(`evict ${hash}`), clear: () => void events.push("clear") },
    clock,
    logger: { debug: log, info: log, warn: log, error: log },
  });
  const asleep = async () => {
    while (clock.pendingWaits === 0) await Promise.resolve();
  };
  const subscribed = async (count: number) => {
    while (events.filter((event) => event === "clear").length < count) await Promise.resolve();
  };
  return { task, clock, events, listeners, asleep, subscribed, stoppedCount: () => stopped };
}

const TRYING_AGAIN = "changes of API keys in other processes can't be listened to: trying again";
const LISTENING_ANEW = "changes of API keys go unheard: listening anew";

test("once started it listens, and what was cached before is forgotten", async () => {
  const { task, events, listeners, stoppedCount } = setUp();
  await task.start();
  await task.start();
  expect(events).toEqual(["clear"]);
  listeners[0]?.onKeyChanged("ab");
  expect(events).toEqual(["clear", "evict ab"]);
  await task.stop();
  expect({ subscriptions: listeners.length, stopped: stoppedCount() }).toEqual({
    subscriptions: 1,
    stopped: 1,
  });
});

test("a storage that can't be listened to lets the start pass, and is tried again after growing pauses", async () => {
  const { task, clock, events, asleep, subscribed } = setUp({ failures: 3 });
  await task.start();
  expect(events).toEqual([TRYING_AGAIN]);
  for (const pauseMs of [250, 500]) {
    await asleep();
    clock.advance(pauseMs - 1);
    expect(clock.pendingWaits).toBe(1);
    clock.advance(1);
    expect(clock.pendingWaits).toBe(0);
  }
  await asleep();
  clock.advance(1_000);
  await subscribed(1);
  expect(events).toEqual([TRYING_AGAIN, TRYING_AGAIN, TRYING_AGAIN, "clear"]);
  await task.stop();
});

test("a subscription that breaks is made anew, and everything cached is forgotten with it", async () => {
  const { task, clock, events, listeners, asleep, subscribed } = setUp();
  await task.start();
  listeners[0]?.onLost(new Error("cut"));
  await asleep();
  clock.advance(250);
  await subscribed(2);
  expect(events).toEqual(["clear", LISTENING_ANEW, "clear"]);
  await task.stop();
});

test("stopping ends a pause at once, and starting again listens again", async () => {
  const { task, asleep, events, clock } = setUp({ failures: 1 });
  await task.start();
  await asleep();
  await task.stop();
  expect(clock.pendingWaits).toBe(0);
  await task.start();
  expect(events).toEqual([TRYING_AGAIN, "clear"]);
  await task.stop();
});

test("stopping what never began is no mistake", async () => {
  await setUp().task.stop();
});
