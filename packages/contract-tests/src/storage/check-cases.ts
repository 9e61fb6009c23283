import assert from "node:assert/strict";
import { about } from "./setup/storage-case.js";

export const checkCases = about("the storage itself", {
  async "a storage that was set up for this release has nothing to be applied"(storage) {
    assert.deepEqual(await storage.check(), { pendingMigrations: [] });
  },

  async "it can be checked again and again, at once, and inside a transaction"(storage) {
    const checks = await Promise.all([storage.check(), storage.check(), storage.check()]);
    assert.equal(checks.length, 3);
    const inside = await storage.transaction((handle) => storage.bind(handle).check());
    assert.deepEqual(inside, { pendingMigrations: [] });
  },
});
