import assert from "node:assert/strict";
import type { ShortLivedEntry, ShortLivedKey, ShortLivedStore, Stores } from "@tenon/core/ports";
import { race } from "../arrival-gate.js";
import { after, OTHER_TENANT, TENANT } from "./setup/fixtures.js";
import { about } from "./setup/storage-case.js";

const HOUR = 3_600;
const AT: ShortLivedKey = { tenantId: TENANT, purpose: "oauth-state", key: "4f2a" };
const MOST_BYTES = 65_536;

export const shortLivedCases = about<Pick<Stores, "shortLived">>("short-lived state", {
  async "a value put is there until its time is over, and not an instant longer"({ shortLived }) {
    await put(shortLived, { value: "one", expiresInSeconds: HOUR });
    assert.equal(await shortLived.get({ ...AT, now: after(0) }), "one");
    assert.equal(await shortLived.get({ ...AT, now: after(HOUR - 0.001) }), "one");
    assert.equal(await shortLived.get({ ...AT, now: after(HOUR) }), undefined);
    assert.equal(await shortLived.take({ ...AT, now: after(HOUR) }), undefined);
  },

  async "a value put takes the place of an earlier one, and counts from then"({ shortLived }) {
    await put(shortLived, { value: "one", expiresInSeconds: HOUR });
    await put(shortLived, { value: "two", expiresInSeconds: HOUR, now: after(HOUR / 2) });
    assert.equal(await shortLived.get({ ...AT, now: after(HOUR + 1) }), "two");
    await put(shortLived, { value: "three", expiresInSeconds: 60, now: after(HOUR / 2) });
    assert.equal(await shortLived.get({ ...AT, now: after(HOUR + 1) }), undefined);
  },

  async "a value is put only where none is, and the one that is there is given back untouched"({
    shortLived,
  }) {
    const first = { ...AT, value: "first", expiresInSeconds: HOUR, now: after(0) };
    const second = { ...first, value: "second", expiresInSeconds: 5 * HOUR, now: after(60) };
    assert.deepEqual(await shortLived.putIfAbsent(first), { stored: true });
    assert.deepEqual(await shortLived.putIfAbsent(second), { stored: false, existing: "first" });
    assert.equal(await shortLived.get({ ...AT, now: after(61) }), "first");
    assert.equal(await shortLived.get({ ...AT, now: after(HOUR) }), undefined);
  },

  async "an empty value is a value"({ shortLived }) {
    const seen = { ...AT, value: "", expiresInSeconds: HOUR, now: after(0) };
    assert.deepEqual(await shortLived.putIfAbsent(seen), { stored: true });
    assert.deepEqual(await shortLived.putIfAbsent(seen), { stored: false, existing: "" });
    assert.equal(await shortLived.take({ ...AT, now: after(0) }), "");
  },

  async "what is over makes room: the next value is put as if it had never been"({ shortLived }) {
    await put(shortLived, { value: "old", expiresInSeconds: HOUR });
    const entry = { ...AT, value: "new", expiresInSeconds: HOUR, now: after(HOUR) };
    assert.deepEqual(await shortLived.putIfAbsent(entry), { stored: true });
    assert.equal(await shortLived.get({ ...AT, now: after(HOUR + 1) }), "new");
  },

  async "a value is taken once"({ shortLived }) {
    await put(shortLived, { value: "one" });
    assert.equal(await shortLived.take({ ...AT, now: after(1) }), "one");
    assert.equal(await shortLived.take({ ...AT, now: after(1) }), undefined);
    assert.equal(await shortLived.get({ ...AT, now: after(1) }), undefined);
  },

  async "a value deleted is gone, and deleting nothing is no failure"({ shortLived }) {
    await put(shortLived, { value: "one" });
    await shortLived.delete(AT);
    await shortLived.delete(AT);
    assert.equal(await shortLived.get({ ...AT, now: after(0) }), undefined);
  },

  async "16 callers take one value at once: exactly one gets it"({ shortLived }) {
    await put(shortLived, { value: "one" });
    const taken = await race(16, () => shortLived.take({ ...AT, now: after(0) }));
    assert.deepEqual(
      taken.filter((value) => value !== undefined),
      ["one"],
    );
  },

  async "16 callers put where nothing is at once: one stores, and the others get its value"({ shortLived }) {
    const outcomes = await race(16, (index) =>
      shortLived.putIfAbsent({ ...AT, value: `caller ${index}`, expiresInSeconds: HOUR, now: after(0) }),
    );
    const value = await shortLived.get({ ...AT, now: after(0) });
    const existing = outcomes.filter((outcome) => !outcome.stored);
    assert.equal(existing.length, 15);
    for (const outcome of existing) assert.equal(outcome.existing, value);
    assert.equal(
      outcomes.findIndex(({ stored }) => stored),
      Number(value?.replace("caller ", "")),
    );
  },

  async "callers that put where what is there is over: one stores"({ shortLived }) {
    await put(shortLived, { value: "old", expiresInSeconds: 60 });
    const outcomes = await race(16, (index) =>
      shortLived.putIfAbsent({ ...AT, value: String(index), expiresInSeconds: HOUR, now: after(61) }),
    );
    assert.equal(outcomes.filter(({ stored }) => stored).length, 1);
  },

  async "tenants, purposes and keys are told apart to the letter, and so is no tenant"({ shortLived }) {
    const places: readonly ShortLivedKey[] = [
      AT,
      { ...AT, tenantId: OTHER_TENANT },
      { ...AT, tenantId: "" },
      { ...AT, purpose: "oauth" },
      { ...AT, key: "4F2A" },
      { ...AT, key: "4f2a " },
      { ...AT, key: "%" },
      { tenantId: "a", purpose: "b", key: "c:d" },
      { tenantId: "a:b", purpose: "c", key: "d" },
      { tenantId: "t".repeat(128), purpose: "p".repeat(64), key: "é".repeat(256) },
    ];
    for (const [index, place] of places.entries()) {
      const entry = { ...place, value: String(index), expiresInSeconds: HOUR, now: after(0) };
      assert.deepEqual(await shortLived.putIfAbsent(entry), { stored: true }, JSON.stringify(place));
    }
    const [one = AT, ...others] = places;
    assert.equal(await shortLived.take({ ...one, now: after(0) }), "0");
    const left = await Promise.all(others.map((place) => shortLived.get({ ...place, now: after(0) })));
    assert.deepEqual(
      left,
      others.map((_, index) => String(index + 1)),
    );
  },

  async "a value comes back to the letter, up to 64 KiB"({ shortLived }) {
    const texts = [
      `{"status":201,"body":"naïve 🔑 \\u0000"}`,
      "12 3",
      " \r\n\t'\"\\",
      "x".repeat(MOST_BYTES),
      "é".repeat(MOST_BYTES / 2),
    ];
    for (const value of texts) {
      await put(shortLived, { value });
      assert.equal(await shortLived.get({ ...AT, now: after(0) }), value);
    }
  },

  async "without an instant given, the store's clock decides"({ shortLived }) {
    const entry = { ...AT, value: "one", expiresInSeconds: HOUR };
    assert.deepEqual(await shortLived.putIfAbsent(entry), { stored: true });
    assert.deepEqual(await shortLived.putIfAbsent(entry), { stored: false, existing: "one" });
    assert.equal(await shortLived.get(AT), "one");
    await shortLived.put({ ...entry, value: "two" });
    assert.equal(await shortLived.take(AT), "two");
    assert.equal(await shortLived.get(AT), undefined);
  },

  async "pruning removes what is over, at most as much as asked, and nothing else"({ shortLived }) {
    for (let index = 0; index < 5; index++)
      await put(shortLived, { key: `short-${index}`, value: "", expiresInSeconds: 60 });
    await put(shortLived, { key: "long", value: "kept", expiresInSeconds: HOUR });
    assert.equal(await shortLived.prune({ limit: 10, now: after(59) }), 0);
    assert.equal(await shortLived.prune({ limit: 3, now: after(60) }), 3);
    assert.equal(await shortLived.prune({ limit: 10, now: after(60) }), 2);
    assert.equal(await shortLived.prune({ limit: 10, now: after(60) }), 0);
    assert.equal(await shortLived.get({ ...AT, key: "long", now: after(60) }), "kept");
    assert.equal(await shortLived.prune({ limit: 10, now: after(HOUR) }), 1);
  },
});

function put(store: ShortLivedStore, fields: Partial<ShortLivedEntry>): Promise<void> {
  return store.put({ ...AT, value: "value", expiresInSeconds: HOUR, now: after(0), ...fields });
}
