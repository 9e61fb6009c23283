import type { Clock } from "../ports/clock.js";
import { createAlarm } from "./alarm.js";
import { WAKE_BURST_MS } from "./defaults.js";

const LONGEST_MS = Math.max(...WAKE_BURST_MS);

/** Rings a few times in a growing rhythm, for a commit that is expected but cannot be seen. */
export interface WakeBurst {
  /** Begins a rhythm. Its rings may be those of rhythms that began before, where they come about as soon. */
  arm(): void;
  stop(): void;
}

export function createWakeBurst(clock: Clock, ring: () => void): WakeBurst {
  const alarm = createAlarm(clock);
  let dueMs: readonly number[] = [];
  let isRunning = false;
  let isStopped = false;

  async function run(): Promise<void> {
    isRunning = true;
    while (!isStopped && dueMs.length > 0) {
      const nowMs = clock.now().getTime();
      // A clock that was set back would otherwise keep the rings of before for as long.
      const ahead = dueMs.filter((ms) => ms > nowMs && ms <= nowMs + LONGEST_MS);
      const isDue = ahead.length < dueMs.length;
      dueMs = ahead;
      if (isDue) ring();
      else await alarm.sleep(Math.min(...ahead) - nowMs);
    }
    isRunning = false;
  }

  return {
    arm() {
      const nowMs = clock.now().getTime();
      dueMs = [...dueMs, ...WAKE_BURST_MS.flatMap((afterMs, index) => lacking(nowMs, afterMs, index))];
      alarm.ring();
      if (!isRunning) void run();
    },
    stop() {
      isStopped = true;
      alarm.ring();
    },
  };

  /** The ring of a rhythm that begins now, unless another comes between it and the one before it. */
  function lacking(nowMs: number, afterMs: number, index: number): readonly number[] {
    const fromMs = nowMs + (WAKE_BURST_MS[index - 1] ?? 0);
    const isThere = dueMs.some((ms) => ms > fromMs && ms <= nowMs + afterMs);
    return isThere ? [] : [nowMs + afterMs];
  }
}
