import type { Clock } from "../ports/clock.js";
import { WAKE_BURST_MS } from "./defaults.js";

/** Rings a few times in a growing rhythm, for a commit that is expected but cannot be seen. */
export interface WakeBurst {
  /** Starts a burst; during one, makes another follow it. */
  arm(): void;
  stop(): void;
}

export function createWakeBurst(clock: Clock, ring: () => void): WakeBurst {
  const stopping = new AbortController();
  let isRunning = false;
  let isArmed = false;

  async function run(): Promise<void> {
    isRunning = true;
    while (isArmed && !stopping.signal.aborted) {
      isArmed = false;
      for (const pauseMs of WAKE_BURST_MS) {
        await clock.wait(pauseMs, stopping.signal);
        ring();
      }
    }
    isRunning = false;
  }

  return {
    arm() {
      isArmed = true;
      if (!isRunning) void run();
    },
    stop: () => stopping.abort(),
  };
}
