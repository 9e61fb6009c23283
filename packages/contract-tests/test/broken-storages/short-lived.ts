import { type Breakages, withStores } from "./breakage.js";

export const brokenShortLived: Breakages = {
  "taking reads, and then deletes": {
    caughtBy: "short-lived state: 16 callers take one value at once: exactly one gets it",
    breakIt: (good) =>
      withStores(good, ({ shortLived }) => ({
        shortLived: {
          ...shortLived,
          async take(question) {
            const value = await shortLived.get(question);
            await shortLived.delete(question);
            return value;
          },
        },
      })),
  },
  "putting where nothing is reads, and then puts": {
    caughtBy:
      "short-lived state: 16 callers put where nothing is at once: one stores, and the others get its value",
    breakIt: (good) =>
      withStores(good, ({ shortLived }) => ({
        shortLived: {
          ...shortLived,
          async putIfAbsent(entry) {
            const existing = await shortLived.get(entry);
            if (existing !== undefined) return { stored: false, existing };
            await shortLived.put(entry);
            return { stored: true };
          },
        },
      })),
  },
  "a value that is over still stands in the way": {
    caughtBy: "short-lived state: what is over makes room: the next value is put as if it had never been",
    breakIt: (good) =>
      withStores(good, ({ shortLived }) => ({
        shortLived: {
          ...shortLived,
          putIfAbsent: ({ now, ...entry }) =>
            shortLived.putIfAbsent({ ...entry, ...(now && { now: new Date(Math.min(+now, NOON_MS)) }) }),
        },
      })),
  },
  "tenants share their values": {
    caughtBy:
      "short-lived state: tenants, purposes and keys are told apart to the letter, and so is no tenant",
    breakIt: (good) =>
      withStores(good, ({ shortLived }) => ({
        shortLived: {
          ...shortLived,
          putIfAbsent: (entry) => shortLived.putIfAbsent({ ...entry, tenantId: "" }),
        },
      })),
  },
  "a bound store of short-lived state writes outside the transaction": {
    caughtBy:
      "short-lived state in transactions: a transaction that fails leaves what it put, took and deleted undone",
    breakIt(good) {
      const entries = new Map<string, string>();
      const at = (place: object) => JSON.stringify(Object.values(place).slice(0, 3));
      return withStores(good, () => ({
        shortLived: {
          put: async (entry) => void entries.set(at(entry), entry.value),
          putIfAbsent: async (entry) => {
            const existing = entries.get(at(entry));
            if (existing !== undefined) return { stored: false, existing };
            entries.set(at(entry), entry.value);
            return { stored: true };
          },
          get: async (question) => entries.get(at(question)),
          take: async (question) => {
            const value = entries.get(at(question));
            entries.delete(at(question));
            return value;
          },
          delete: async (key) => void entries.delete(at(key)),
          prune: async () => 0,
        },
      }));
    },
  },
};

/** When the cases begin. */
const NOON_MS = Date.parse("2026-03-01T12:00:00.000Z");
