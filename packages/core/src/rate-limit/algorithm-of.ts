import type { Algorithm } from "./algorithm.js";
import { fixedWindow } from "./fixed-window.js";
import { gcra } from "./gcra.js";
import type { RateLimit } from "./limit.js";
import { slidingWindow } from "./sliding-window.js";

/** The arithmetic that a limit counts by. */
export function algorithmOf({ algorithm }: RateLimit): Algorithm {
  switch (algorithm) {
    case "sliding-window":
      return slidingWindow;
    case "fixed-window":
      return fixedWindow;
    case "gcra":
      return gcra;
  }
}
