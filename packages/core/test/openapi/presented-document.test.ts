import { describe, expect, test } from "vitest";
import { envelopedApi, learningApi } from "../../../contract-tests/src/http/management/presented-apis.js";
import { socialApi } from "../management/social-api.js";
import { findDocumentProblems } from "./check-document.js";
import { describeTestApi } from "./describe-test-api.js";

const names = (schema: unknown) => Object.keys((schema as { properties: object }).properties);

describe("an API presented in the host's own words", () => {
  test("is described in them: upper-case words, renamed fields, bare lists", async () => {
    const { document } = describeTestApi(learningApi);
    expect(await findDocumentProblems(document)).toEqual([]);
    expect(Object.keys(document.paths)).toEqual([
      "/admin/api-keys",
      "/admin/api-keys/{keyId}",
      "/admin/webhooks",
      "/admin/webhooks/{endpointId}",
      "/admin/webhooks/{endpointId}/deliveries",
    ]);
    const { Endpoint, CreateEndpoint, DeliveryWithAttempts } = document.components.schemas;
    for (const schema of [Endpoint, CreateEndpoint]) {
      expect(names(schema)).toContain("isEnabled");
      expect(names(schema)).not.toContain("enabled");
    }
    const { status } = (DeliveryWithAttempts as { properties: Record<string, { enum?: string[] }> })
      .properties;
    expect(status?.enum).toEqual(["PENDING", "FAILED", "SUCCESS", "PERMANENT_FAILURE"]);
    const list = document.paths["/admin/webhooks"]?.get?.responses["200"];
    expect(list).toHaveProperty(["content", "application/json", "schema", "type"], "array");
    const parameters = document.paths["/admin/webhooks/{endpointId}/deliveries"]?.get?.parameters;
    expect(JSON.stringify(parameters)).not.toContain("include");
  });

  test("is described with fields of other forms, left out where clients need not give them", async () => {
    const { document } = describeTestApi(socialApi);
    expect(await findDocumentProblems(document)).toEqual([]);
    const { ApiKey, CreateApiKey, Endpoint, Error: error } = document.components.schemas;
    for (const schema of [ApiKey, CreateApiKey]) {
      expect(names(schema)).toEqual(expect.arrayContaining(["rateLimitPerHour", "rateLimitPerDay"]));
      expect(names(schema)).not.toContain("limits");
    }
    expect(CreateApiKey?.required).toEqual(["name", "scopes"]);
    expect(ApiKey?.required).toContain("rateLimitPerHour");
    expect(names(Endpoint)).toEqual(expect.arrayContaining(["status", "events", "retryConfig"]));
    expect(error).toEqual({
      type: "object",
      properties: { statusCode: { type: "integer" }, message: { type: "string" } },
      required: ["statusCode", "message"],
    });
  });

  test("is described with envelopes around data and errors", async () => {
    const { document } = describeTestApi(envelopedApi);
    expect(await findDocumentProblems(document)).toEqual([]);
    const created = document.paths["/webhooks"]?.post?.responses["201"];
    expect(created).toHaveProperty(["content", "application/json", "schema"], {
      type: "object",
      properties: {
        success: { type: "boolean", const: true },
        data: { $ref: "#/components/schemas/EndpointWithSecret" },
      },
      required: ["success", "data"],
    });
    const deleted = document.paths["/webhooks/{endpointId}"]?.delete?.responses["200"];
    expect(deleted).toHaveProperty(["content", "application/json", "example"], { success: true, data: null });
    expect(document.components.schemas.Error).toEqual({
      type: "object",
      properties: {
        success: { type: "boolean", const: false },
        error: {
          type: "object",
          properties: { code: { type: "string" }, message: { type: "string" } },
          required: ["code", "message"],
        },
      },
      required: ["success", "error"],
    });
    expect(Object.keys(document.components.responses.NotFound?.content ?? {})).toEqual(["application/json"]);
  });

  test("a renderer that writes plain text, or trips over an example, is described as far as it goes", async () => {
    const { document } = describeTestApi({
      renderRefusal: ({ status, detail, errors: [first] }) => {
        if (status === 409) throw new Error("never seen one");
        return { body: first?.message ?? detail, headers: { "content-type": "text/plain" } };
      },
    });
    expect(await findDocumentProblems(document)).toEqual([]);
    const { NotFound, Conflict } = document.components.responses;
    expect(NotFound?.content).toMatchObject({ "text/plain": { schema: { type: "string" } } });
    expect(Conflict).not.toHaveProperty("content");
  });
});
