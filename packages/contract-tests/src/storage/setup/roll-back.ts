import assert from "node:assert/strict";
import type { Storage } from "@tenon/core/ports";

const ROLL_BACK = new Error("roll back");

/** Runs `work` in a transaction that is then rolled back, and returns what `work` gave. */
export async function rollBack<T>(storage: Storage, work: (bound: Storage) => Promise<T>): Promise<T> {
  let value: { readonly of: T } | undefined;
  const failed = storage.transaction(async (handle) => {
    value = { of: await work(storage.bind(handle)) };
    throw ROLL_BACK;
  });
  await assert.rejects(failed, (error) => {
    if (error === ROLL_BACK) return true;
    throw error;
  });
  assert.ok(value);
  return value.of;
}
