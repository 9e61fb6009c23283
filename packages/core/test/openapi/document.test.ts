import { describe, expect, test } from "vitest";
import { envelopedApi, learningApi } from "../../../contract-tests/src/http/management/presented-apis.js";
import { socialApi } from "../management/social-api.js";
import { createValueCheck, findDocumentProblems } from "./check-document.js";
import { describeTestApi, operationsOf, TITLE } from "./describe-test-api.js";

describe("the OpenAPI document", () => {
  test("is valid, and plain JSON", async () => {
    const { document } = describeTestApi();
    expect(await findDocumentProblems(document)).toEqual([]);
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
    expect(document).toMatchObject({ openapi: "3.1.1", info: TITLE, servers: [{ url: "/" }] });
  });

  test("has every route of the table once, by its name, path and method", () => {
    const { api, document } = describeTestApi();
    const described = operationsOf(document).map(
      ({ operationId, method, path }) => `${operationId} ${method.toUpperCase()} ${path}`,
    );
    const routes = api.routes.map(
      ({ route, method, template }) =>
        `${route.resource}.${route.name} ${method} ${template.replaceAll(/:(\w+)/g, "{$1}")}`,
    );
    expect(described.toSorted()).toEqual(routes.toSorted());
  });

  test("every reference leads somewhere", () => {
    const text = JSON.stringify(describeTestApi().document);
    const { components } = describeTestApi().document;
    const references = [...text.matchAll(/"\$ref":"#\/components\/(\w+)\/([^"]+)"/g)];
    expect(references.length).toBeGreaterThan(100);
    for (const [, kind, name] of references) {
      expect(Object.keys(components[kind as "schemas"])).toContain(name);
    }
  });

  test("every body and every reply has an example that its schema takes", () => {
    for (const options of [{}, learningApi, socialApi, envelopedApi]) {
      const { document } = describeTestApi(options);
      const check = createValueCheck(document);
      for (const { operationId, requestBody, responses } of operationsOf(document)) {
        const contents = [requestBody, ...Object.values(responses)].flatMap((part) => {
          const resolved =
            part !== undefined && "$ref" in part
              ? document.components.responses[part.$ref.split("/").at(-1) ?? ""]
              : part;
          return resolved !== undefined && "content" in resolved ? Object.values(resolved.content ?? {}) : [];
        });
        for (const { schema, example } of contents) {
          expect([operationId, example]).not.toEqual([operationId, undefined]);
          expect([operationId, ...check(schema, example)]).toEqual([operationId]);
        }
      }
    }
  });

  test("tells of the headers: where a record stands, its version, the next page, when to try again", () => {
    const { document } = describeTestApi();
    const operations = new Map(operationsOf(document).map((operation) => [operation.operationId, operation]));
    const headers = (name: string, status: string) => {
      const reply = operations.get(name)?.responses[status];
      return reply !== undefined && "headers" in reply ? Object.keys(reply.headers ?? {}) : [];
    };
    expect(headers("apiKeys.create", "201")).toEqual(["X-Request-Id", "Location", "Idempotent-Replayed"]);
    expect(headers("apiKeys.get", "200")).toContain("ETag");
    expect(headers("apiKeys.list", "200")).toContain("Link");
    expect(document.components.responses.ServiceUnavailable?.headers).toHaveProperty("Retry-After");
    const sent = (name: string) => JSON.stringify(operations.get(name)?.parameters);
    expect(sent("apiKeys.create")).toContain("IdempotencyKey");
    expect(sent("apiKeys.update")).toContain("IfMatch");
  });

  test("refusals are problem details that name every code", () => {
    const { document } = describeTestApi();
    const { NotFound } = document.components.responses;
    expect(Object.keys(NotFound?.content ?? {})).toEqual(["application/problem+json"]);
    const problem = document.components.schemas.Problem as { properties: { code: { enum: string[] } } };
    expect(problem.properties.code.enum).toContain("WEBHOOK_NOT_FOUND");
    const operation = operationsOf(document).find(({ operationId }) => operationId === "endpoints.update");
    expect(Object.keys(operation?.responses ?? {})).toEqual(
      "200 400 401 403 404 409 412 413 415 503".split(" "),
    );
  });

  test("callers log in as the host says, by a JWT where it says nothing", () => {
    const { api, document } = describeTestApi();
    expect(document.components.securitySchemes).toEqual({
      bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
    });
    expect(document.security).toEqual([{ bearer: [] }]);
    const securitySchemes = { session: { type: "apiKey", in: "cookie", name: "sid" } };
    const own = api.openapi({ ...TITLE, securitySchemes, servers: [{ url: "https://api.example.com/v1" }] });
    expect([own.security, own.components.securitySchemes]).toEqual([[{ session: [] }], securitySchemes]);
    expect(own.servers).toEqual([{ url: "https://api.example.com/v1" }]);
  });

  test("options that break a rule are a ConfigError", () => {
    const { api } = describeTestApi();
    expect(() => api.openapi({ title: "", version: "1" })).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    );
  });
});
