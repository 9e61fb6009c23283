import { beforeEach, expect, test } from "vitest";
import { FIRST_LOOKS, LATER_LOOK_EVERY } from "../defaults.js";
import type { HttpRequestView } from "../exchange.js";
import { createRequestCheck } from "./check-request.js";
import { createDoctor } from "./doctor.js";

const read: string[] = [];
const warnings: unknown[] = [];
beforeEach(() => {
  read.length = 0;
  warnings.length = 0;
});

function createCheck() {
  const logger = { warn: (fields: object) => void warnings.push(fields), error: () => undefined };
  const doctor = createDoctor({
    logger: { debug: () => undefined, info: () => undefined, ...logger },
    disabled: [],
  });
  return createRequestCheck({ doctor, hasTrustedProxies: false, isKey: (text) => text === "sk_ours" });
}

function request(headers: Readonly<Record<string, readonly string[]>>, url = "/"): HttpRequestView {
  return {
    identity: {},
    notes: new Map(),
    method: "GET",
    url: () => {
      read.push("url");
      return url;
    },
    headerValues: (name) => {
      read.push(name);
      return headers[name] ?? [];
    },
    connectionAddress: () => "203.0.113.1",
  };
}

test("the first requests and a sample of the rest are looked at: of the others nothing is read", () => {
  const check = createCheck();
  for (let count = 0; count < FIRST_LOOKS; count += 1) check.look(request({}));
  const looked = read.length;
  expect(looked).toBeGreaterThan(0);
  const throughProxy = request({ forwarded: ["for=203.0.113.7"] });
  for (let count = 1; count < LATER_LOOK_EVERY; count += 1) check.look(throughProxy);
  expect([read.length, warnings]).toEqual([looked, []]);
  check.look(throughProxy);
  expect(warnings).toMatchObject([{ warning: "proxy-header-without-trusted-proxies" }]);
});

test("a request without a key is always looked at for one in its query string", () => {
  const check = createCheck();
  for (let count = 0; count <= FIRST_LOOKS; count += 1) check.look(request({}));
  check.look(request({}, "/posts?api_key=sk_ours"));
  expect(warnings).toEqual([]);
  check.lookForKey(request({}, "/posts?api_key=sk_ours"));
  expect(warnings).toMatchObject([{ warning: "key-in-query-string" }]);
});
