import type { Breakages } from "./breakage.js";

export const brokenChecks: Breakages = {
  "what was applied is still called pending": {
    caughtBy: "the storage itself: a storage that was set up for this release has nothing to be applied",
    breakIt: (good) => ({ ...good, check: async () => ({ pendingMigrations: ["0001 first_tables"] }) }),
  },
};
