import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createTestKit } from "./kit.js";

const postId = { type: "string" };

describe("the event types of a catalogue", () => {
  test("say what their data looks like: as given, or as the schema describes itself", () => {
    const { tenon } = createTestKit({
      events: {
        "post.published": { description: "A post is out.", schema: z.object({ postId: z.string() }) },
        "post.deleted": { jsonSchema: { type: "object", properties: { postId } }, schema: z.unknown() },
        "user.created": {},
      },
    });
    const [published, deleted, created] = tenon.eventTypes.list();
    expect(published).toMatchObject({
      type: "post.published",
      description: "A post is out.",
      jsonSchema: { type: "object", properties: { postId }, required: ["postId"] },
    });
    expect(deleted?.jsonSchema).toEqual({ type: "object", properties: { postId } });
    expect(created).toEqual({ type: "user.created", description: undefined, jsonSchema: undefined });
    expect(tenon.eventTypes.get({ type: "post.published" })).toEqual(published);
  });

  test("are none without a catalogue, and a schema that can't be described is left out", () => {
    expect(createTestKit().tenon.eventTypes.list()).toEqual([]);
    const opaque = z.custom<string>(() => true).transform((text) => new Map([[text, 1n]]));
    const { tenon } = createTestKit({ events: { "a.b": { schema: opaque } } });
    expect(tenon.eventTypes.list()).toMatchObject([{ type: "a.b", jsonSchema: undefined }]);
    expect(() => tenon.eventTypes.get({ type: "toString" })).toThrow(/no type/);
  });
});
