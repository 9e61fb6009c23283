import fc from "fast-check";
import { expect, test } from "vitest";
import { createIdGenerator } from "./id-generator.js";
import { publicIdToUuid } from "./public-id.js";

const START_MS = Date.parse("2026-01-01T00:00:00.123Z");

function prepare({ bytes }: { bytes?: (length: number) => Uint8Array } = {}) {
  const clock = { ms: START_MS, now: () => new Date(clock.ms), wait: async () => {} };
  const random = {
    bytes: bytes ?? ((length: number) => globalThis.crypto.getRandomValues(new Uint8Array(length))),
  };
  return { clock, createId: createIdGenerator({ clock, random }) };
}

test("ids grow, however the clock goes on, stands still or steps back by less than a minute", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1_000, max: 20 }), { maxLength: 50 }), (steps) => {
      const { clock, createId } = prepare();
      const ids = [createId("msg")];
      for (const step of steps) {
        clock.ms = Math.max(clock.ms + step, START_MS - 50_000);
        ids.push(createId("msg"));
      }
      expect(ids).toEqual(ids.toSorted());
      expect(new Set(ids).size).toBe(ids.length);
    }),
  );
});

test("each is a UUID version 7 of its instant", () => {
  const { clock, createId } = prepare();
  for (const ms of [START_MS, START_MS, START_MS + 5]) {
    clock.ms = ms;
    const uuid = publicIdToUuid("msg", createId("msg")) ?? "";
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(uuid.replace("-", "").slice(0, 12), 16)).toBe(ms);
  }
});

test("after a long step back ids follow the clock again", () => {
  const { clock, createId } = prepare();
  const before = createId("msg");
  clock.ms -= 3_600_000;
  expect(createId("msg") < before).toBe(true);
});

test("ids still grow when every random bit is set", () => {
  const { createId } = prepare({ bytes: (length) => new Uint8Array(length).fill(255) });
  const ids = Array.from({ length: 5_000 }, () => createId("msg"));
  expect(ids).toEqual(ids.toSorted());
  expect(new Set(ids).size).toBe(ids.length);
});

test("ids that follow each other differ above the last 20 bits, which are free for counting", () => {
  const { createId } = prepare();
  const uuids = Array.from({ length: 1_000 }, () => publicIdToUuid("msg", createId("msg")) ?? "");
  expect(new Set(uuids.map((uuid) => uuid.slice(0, -5))).size).toBe(uuids.length);
});

test("two generators of one instant never make the same id", () => {
  const [one, other] = [prepare().createId, prepare().createId];
  const ids = Array.from({ length: 1_000 }, () => [one("msg"), other("msg")]).flat();
  expect(new Set(ids).size).toBe(2_000);
});
