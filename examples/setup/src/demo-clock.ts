import { setTimeout as pause } from "node:timers/promises";
import type { Clock } from "@tenon/core/ports";

/** The machine's clock, set ahead on demand: `advance` wakes every wait whose moment has come. */
export function createDemoClock(): Clock & { advance(ms: number): void } {
  let aheadMs = 0;
  let advancing = new AbortController();
  const nowMs = () => Date.now() + aheadMs;
  return {
    now: () => new Date(nowMs()),
    async wait(ms, signal) {
      const untilMs = nowMs() + ms;
      while (nowMs() < untilMs && !signal?.aborted) {
        const cut = AbortSignal.any([advancing.signal, ...(signal === undefined ? [] : [signal])]);
        await pause(untilMs - nowMs(), undefined, { ref: false, signal: cut }).catch(() => {});
      }
    },
    advance(ms) {
      aheadMs += ms;
      advancing.abort();
      advancing = new AbortController();
    },
  };
}
