import { type StoredCounter, type SubjectCounters, subjectExpiresAtMs } from "@tenon/core/rate-limit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRateLimitOverlay, createRateLimitTable } from "./rate-limit-table.js";

const whole = fc.integer({ min: 0, max: 2 ** 40 });
const windowCounter = fc
  .record({ startMs: whole, current: whole, previous: whole, lastsMs: fc.constantFrom(1_000, 60_000) })
  .map(
    ({ lastsMs, ...window }): StoredCounter => ({
      counter: { kind: "window", ...window },
      expiresAtMs: window.startMs + lastsMs,
    }),
  );
const gcraCounter = fc
  .record({ atMs: whole, level: whole, expiresAtMs: whole })
  .map(({ expiresAtMs, ...gcra }): StoredCounter => ({ counter: { kind: "gcra", ...gcra }, expiresAtMs }));
const counters = fc
  .uniqueArray(fc.tuple(fc.constantFrom("a", "b", "c", "d"), fc.oneof(windowCounter, gcraCounter)), {
    minLength: 1,
    selector: ([key]) => key,
  })
  .map((entries): SubjectCounters => new Map(entries));
const changes = fc.array(
  fc.record({ subject: fc.constantFrom("x", "y", "z"), counters: fc.option(counters) }),
  {
    maxLength: 40,
  },
);

describe("what is counted", () => {
  test("reads back exactly as it was put, whatever takes and gives up places around it", () => {
    fc.assert(
      fc.property(changes, (steps) => {
        const table = createRateLimitTable();
        const model = new Map<string, SubjectCounters>();
        for (const { subject, counters: news } of steps) {
          if (news === null) {
            table.delete(subject);
            model.delete(subject);
          } else {
            table.put(subject, news);
            model.set(subject, news);
          }
          for (const each of ["x", "y", "z"]) expect(table.get(each)).toEqual(model.get(each));
        }
        for (const nowMs of [0, 2 ** 39, 2 ** 41]) {
          const over = [...model].filter(([, each]) => subjectExpiresAtMs(each) <= nowMs);
          expect([...table.findOver(nowMs, 10)].sort()).toEqual(over.map(([subject]) => subject).sort());
        }
      }),
    );
  });

  test("a subject may have more counters than fit on a page", () => {
    const table = createRateLimitTable();
    const many: SubjectCounters = new Map(
      Array.from({ length: 3_000 }, (_, index) => {
        const counter = { kind: "window" as const, startMs: index, current: 1, previous: 0 };
        return [`limit-${String(index).padStart(5, "0")}`, { counter, expiresAtMs: index + 1_000 }];
      }),
    );
    table.put("many", many);
    table.put("few", new Map([...many].slice(0, 1)));
    expect(table.get("many")).toEqual(many);
    expect(table.findOver(1_000, 10)).toEqual(["few"]);
  });

  test("an overlay keeps changes to itself until they are merged", () => {
    const counted = new Map([
      ["a", { counter: { kind: "gcra" as const, atMs: 0, level: 1 }, expiresAtMs: 5 }],
    ]);
    const below = createRateLimitTable();
    below.put("old", counted);
    below.put("kept", counted);
    const overlay = createRateLimitOverlay(below);
    overlay.put("new", counted);
    overlay.delete("old");
    expect([overlay.get("old"), overlay.get("new"), overlay.get("kept")]).toEqual([
      undefined,
      counted,
      counted,
    ]);
    expect([...overlay.findOver(5, 10)].sort()).toEqual(["kept", "new"]);
    expect([below.get("new"), overlay.touches("old"), overlay.touches("kept")]).toEqual([
      undefined,
      true,
      false,
    ]);
    overlay.merge();
    expect([below.get("old"), below.get("new")]).toEqual([undefined, counted]);
  });
});
