import fc from "fast-check";
import { expect, test } from "vitest";
import { createPublicId, publicIdToUuid, uuidToPublicId } from "./public-id.js";

const now = new Date("2026-01-01T00:00:00.123Z");
const clock = { now: () => now, wait: () => Promise.resolve() };

test("an id holds a UUID version 7 of its instant", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      const id = createPublicId("msg", { clock, random: { bytes: () => Uint8Array.from(bytes) } });
      expect(id).toMatch(/^msg_[0-9A-Za-z]{22}$/);
      const uuid = publicIdToUuid("msg", id);
      expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(Number.parseInt((uuid ?? "").replace("-", "").slice(0, 12), 16)).toBe(now.getTime());
    }),
  );
});

test("a UUID and its id stand for each other", () => {
  fc.assert(
    fc.property(fc.uuid(), (uuid) => {
      expect(publicIdToUuid("key", uuidToPublicId("key", uuid))).toBe(uuid);
    }),
  );
  expect(() => uuidToPublicId("key", "not-a-uuid")).toThrow(TypeError);
});

test("a UUID is read with dashes, without, and in either case; no other text is one", () => {
  const uuid = "0199c0de-0000-7000-8000-0123456789ab";
  for (const same of [uuid.replaceAll("-", ""), uuid.toUpperCase()])
    expect(uuidToPublicId("msg", same)).toBe(uuidToPublicId("msg", uuid));
  for (const other of ["", "-", uuid.slice(1), `${uuid}0`, uuid.replace("c", "g"), uuid.replace("c", "é")])
    expect(() => uuidToPublicId("msg", other)).toThrow(TypeError);
});

test("ids sort by the instant they were made", () => {
  const idAt = (ms: number) =>
    createPublicId("dlv", {
      clock: { ...clock, now: () => new Date(ms) },
      random: { bytes: (n) => new Uint8Array(n).fill(7) },
    });
  fc.assert(
    fc.property(fc.nat(2_000_000_000_000), fc.integer({ min: 1, max: 1_000_000_000 }), (ms, later) => {
      expect(idAt(ms) < idAt(ms + later)).toBe(true);
    }),
  );
});

test("anything else is not an id: another prefix, another length, other characters, a number too large", () => {
  const id = uuidToPublicId("key", "019b7710-0000-7000-8000-000000000000");
  for (const text of [
    "",
    "key_",
    `${id}0`,
    id.slice(0, -1),
    id.replace("key", "msg"),
    `key_${"z".repeat(22)}`,
    `${id.slice(0, -1)}-`,
  ]) {
    expect(publicIdToUuid("key", text)).toBeUndefined();
  }
  fc.assert(
    fc.property(fc.string(), (text) => {
      const uuid = publicIdToUuid("key", `key_${text}`);
      if (uuid !== undefined) expect(uuidToPublicId("key", uuid)).toBe(`key_${text}`);
    }),
  );
});
