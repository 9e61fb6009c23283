import type { Clock } from "../ports/clock.js";

/** A sleep that can be cut short. A ring while nobody sleeps cuts the next sleep short. */
export interface Alarm {
  sleep(ms: number): Promise<void>;
  ring(): void;
}

/** Given as the reason: an abort without one makes an error with its stack, which takes longer than all else of a ring. */
const RUNG = "rung";

export function createAlarm(clock: Clock): Alarm {
  let rung = false;
  let sleeper: AbortController | undefined;
  return {
    async sleep(ms) {
      if (!rung) {
        sleeper = new AbortController();
        await clock.wait(ms, sleeper.signal);
        sleeper = undefined;
      }
      rung = false;
    },
    ring() {
      rung = true;
      sleeper?.abort(RUNG);
    },
  };
}
