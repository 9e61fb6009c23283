import fc from "fast-check";
import { expect, test } from "vitest";
import { standardWebhooks } from "./signature-profile.js";
import { formatTimestamp, signedContent } from "./signed-content.js";

test("the content is its own memory and ends with the body's bytes", () => {
  const body = Uint8Array.of(0xff, 0x00, 0xfe);
  const content = signedContent(standardWebhooks, { id: "a", timestamp: "1", body });
  expect([...content]).toEqual([...Buffer.from("a.1."), 0xff, 0x00, 0xfe]);
  expect(content.buffer).not.toBe(body.buffer);
});

test("different messages have different content", () => {
  const parts = fc.record({
    id: fc.stringMatching(/^[!-\-/-~]{1,5}$/),
    timestamp: fc.nat(99).map(String),
    body: fc.oneof(
      fc.uint8Array({ maxLength: 4 }),
      fc.constantFrom("1.", "1.1.", ".").map((text) => Buffer.from(text)),
    ),
  });
  fc.assert(
    fc.property(parts, parts, (a, b) => {
      const isSame = a.id === b.id && a.timestamp === b.timestamp && Buffer.compare(a.body, b.body) === 0;
      const contents = [a, b].map((each) => signedContent(standardWebhooks, each)) as [
        Uint8Array,
        Uint8Array,
      ];
      expect(Buffer.compare(...contents) === 0).toBe(isSame);
    }),
  );
});

test("a timestamp that is no date, or before 1970, is a TypeError", () => {
  expect(formatTimestamp(standardWebhooks, new Date(0))).toBe("0");
  for (const time of [Number.NaN, -1]) {
    expect(() => formatTimestamp(standardWebhooks, new Date(time))).toThrow(TypeError);
  }
});
