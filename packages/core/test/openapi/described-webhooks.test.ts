import type { EnvelopeParts } from "@tenon/core";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { findDocumentProblems } from "./check-document.js";
import { describeTestApi } from "./describe-test-api.js";

describe("what webhook endpoints are sent", () => {
  const events = {
    "post.published": { description: "A post went live.", schema: z.object({ postId: z.string() }) },
    "tree.grown": {
      jsonSchema: {
        $defs: { node: { type: "object", properties: { next: { $ref: "#/$defs/node" } } } },
        type: "object",
        properties: { root: { $ref: "#/$defs/node" } },
      },
    },
    bare: {},
  };

  test("is described by the event catalogue: data, envelope and signature headers", async () => {
    const { document } = describeTestApi({}, { events });
    expect(await findDocumentProblems(document)).toEqual([]);
    expect(Object.keys(document.webhooks ?? {})).toEqual(["post.published", "tree.grown", "bare"]);
    const post = document.webhooks?.["post.published"]?.post;
    expect(post).toMatchObject({ operationId: "events.post.published", summary: "A post went live." });
    expect(post?.parameters).toMatchObject([
      { name: "webhook-id", in: "header", required: true },
      { name: "webhook-timestamp", schema: { type: "integer" } },
      { name: "webhook-signature" },
    ]);
    expect(post?.requestBody?.content["application/json"]?.schema).toEqual({
      type: "object",
      properties: {
        type: { type: "string", const: "post.published" },
        timestamp: { type: "string", format: "date-time" },
        data: { $ref: "#/components/schemas/events.post.published" },
      },
      required: ["type", "timestamp", "data"],
    });
    expect(document.components.schemas["tree.grown"]).toBeUndefined();
    expect(document.components.schemas["events.tree.grown.node"]).toEqual({
      type: "object",
      properties: { next: { $ref: "#/components/schemas/events.tree.grown.node" } },
    });
  });

  test("is described in the host's own envelope and headers", () => {
    const envelope = ({ type, data, timestamp, tenantId }: EnvelopeParts) => ({
      ...(data as object),
      event: type,
      workspaceId: tenantId,
      at: timestamp.getTime(),
    });
    const profile = {
      headers: { timestamp: "x-acme-timestamp", signature: "x-acme-signature" },
      content: "{timestamp}.{body}",
      timestampUnit: "milliseconds",
      encoding: "hex",
      prefix: "sha256=",
      key: "utf8",
    } as const;
    const { document } = describeTestApi(
      {},
      { events, webhooks: { envelope, signatureProfiles: [profile] } },
    );
    const post = document.webhooks?.["post.published"]?.post;
    expect(post?.parameters?.map((header) => "name" in header && header.name)).toEqual([
      "x-acme-timestamp",
      "x-acme-signature",
    ]);
    expect(post?.requestBody?.content["application/json"]?.schema).toEqual({
      allOf: [
        { $ref: "#/components/schemas/events.post.published" },
        {
          type: "object",
          properties: {
            event: { type: "string", const: "post.published" },
            workspaceId: { type: "string" },
            at: { type: "integer" },
          },
          required: ["event", "workspaceId", "at"],
        },
      ],
    });
  });

  test("is left out where every type is open", () => {
    expect(describeTestApi().document).not.toHaveProperty("webhooks");
  });
});
