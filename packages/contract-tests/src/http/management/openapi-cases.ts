import assert from "node:assert/strict";
import { expectConfigError, expectProblem } from "../expect-problem.js";
import type { HttpCases } from "../http-contract.js";
import { ADA, expectStatus, serveManagement } from "./management-bench.js";
import { envelopedApi } from "./presented-apis.js";

const openapi = { title: "Acme <integrations>", version: "1.4.0" };
const nobody = { as: undefined };

export const openApiCases: HttpCases = () => ({
  "openapi: nothing is served until the host says what the API is called": async (bench) => {
    const call = await serveManagement(bench);
    expectStatus(await call("GET", "/openapi.json"), 404);
    expectStatus(await call("GET", "/docs"), 404);
  },

  "openapi: anybody reads the description of the API as it is mounted and presented": async (bench) => {
    const options = { ...envelopedApi, openapi };
    const call = await serveManagement(bench, { options, path: "/integrations" });
    const { headers, json } = expectStatus(await call("GET", "/openapi.json", nobody), 200);
    assert.match(headers["content-type"] ?? "", /^application\/json/);
    assert.equal(json.openapi, "3.1.1");
    assert.deepEqual(json.info, openapi);
    assert.deepEqual(json.servers, [{ url: "/integrations" }]);
    assert.deepEqual(Object.keys(json.paths as object), [
      "/webhooks",
      "/webhooks/{endpointId}",
      "/webhooks/{endpointId}/deliveries",
    ]);
    expectStatus(await call("GET", "/docs", nobody), 404);
    const head = expectStatus(await call("HEAD", "/openapi.json", nobody), 200);
    assert.equal(head.body, "");
    const posted = expectStatus(await call("POST", "/openapi.json", { ...nobody, body: {} }), 405);
    assert.equal(posted.headers.allow, "GET, HEAD");
  },

  "openapi: where the host keeps it to its callers, nobody else reads it or its page": async (bench) => {
    const options = { openapi: { ...openapi, access: "principal" as const, reference: true } };
    const call = await serveManagement(bench, { options });
    for (const path of ["/openapi.json", "/docs"]) {
      expectProblem(await call("GET", path, nobody), 401, "UNAUTHORIZED");
      expectStatus(await call("GET", path, { as: { ...ADA, permissions: [] } }), 200);
    }
  },

  "openapi: the page loads one script, by its hash, and runs none of its own": async (bench) => {
    const servers = [{ url: "https://api.example.com/v1" }];
    const call = await serveManagement(bench, {
      options: { openapi: { ...openapi, servers, reference: true } },
    });
    const { headers, body } = expectStatus(await call("GET", "/docs", nobody), 200);
    assert.match(headers["content-type"] ?? "", /^text\/html; charset=utf-8$/i);
    assert.match(body, /<title>Acme &lt;integrations&gt;<\/title>/);
    assert.match(body, /data-url="\/manage\/openapi\.json"/);
    const scripts = [...body.matchAll(/<script([^>]*)>([^<]*)<\/script>/g)];
    assert.match(body, /&quot;agent&quot;:\{&quot;disabled&quot;:true\}/);
    assert.equal(scripts.length, 2);
    for (const [, , content] of scripts) assert.equal(content, "");
    const [, loaded = ""] = scripts[1] ?? [];
    assert.match(
      loaded,
      /src="https:\/\/[^"]+@\d+\.\d+\.\d+\/[^"]+" integrity="sha384-[^"]{64}" crossorigin="anonymous"/,
    );
    const policy = headers["content-security-policy"] ?? "";
    const src = /src="([^"]+)"/.exec(loaded)?.[1];
    assert.ok(policy.includes(`script-src ${src};`), policy);
    assert.ok(policy.includes("connect-src 'self' https://api.example.com;"), policy);
    assert.match(policy, /^default-src 'none'/);
  },

  "openapi: document, page and script stand where the host wants them": async (bench) => {
    const reference = { path: "/reference", script: { src: "/assets/reference.js" } };
    const options = { openapi: { ...openapi, path: "/api/openapi.json", reference } };
    const call = await serveManagement(bench, { options });
    expectStatus(await call("GET", "/api/openapi.json", nobody), 200);
    const { headers, body } = expectStatus(await call("GET", "/reference", nobody), 200);
    assert.match(body, /data-url="\/manage\/api\/openapi\.json"/);
    assert.match(body, /<script src="\/assets\/reference\.js"><\/script>/);
    assert.match(headers["content-security-policy"] ?? "", /script-src 'self';/);
  },

  "openapi: options that break a rule are found when the API is built": async ({ framework, tenon }) => {
    const build = (own: object) => () =>
      framework.managementApi(tenon, { principal: () => undefined, openapi: { ...openapi, ...own } });
    expectConfigError(build({ title: "" }), "/openapi/title");
    expectConfigError(build({ path: "openapi.json" }), "/openapi/path");
    expectConfigError(build({ path: "/:tenant/openapi.json" }), "/openapi/path");
    expectConfigError(build({ servers: [] }), "/openapi/servers");
    expectConfigError(build({ access: "everybody" }), "/openapi/access");
    expectConfigError(build({ reference: { script: { src: "javascript:alert(1)" } } }), "/openapi/reference");
    expectConfigError(build({ path: "/api-keys" }), "/routes");
  },
});
