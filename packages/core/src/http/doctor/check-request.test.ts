import { expect, test } from "vitest";
import { LATER_PROXY_LOOK_EVERY, PROXY_LOOKS } from "../defaults.js";
import type { HttpRequestView } from "../exchange.js";
import { createRequestCheck } from "./check-request.js";
import { createDoctor } from "./doctor.js";

test("proxies are looked for in the first requests and in a sample of the rest: the others are read no header for it", () => {
  const warnings: unknown[] = [];
  const logger = { warn: (fields: object) => void warnings.push(fields), error: () => undefined };
  const check = createRequestCheck({
    doctor: createDoctor({
      logger: { debug: () => undefined, info: () => undefined, ...logger },
      disabled: [],
    }),
    hasTrustedProxies: false,
    isKey: () => false,
  });
  const read: string[] = [];
  const request = (headers: Readonly<Record<string, readonly string[]>>): HttpRequestView => ({
    identity: {},
    notes: new Map(),
    method: "GET",
    url: "/",
    headerValues: (name) => {
      read.push(name);
      return headers[name] ?? [];
    },
    connectionAddress: () => "203.0.113.1",
  });
  for (let count = 0; count < PROXY_LOOKS; count += 1) check(request({}));
  const looked = read.length;
  expect(looked).toBeGreaterThan(0);
  const throughProxy = request({ forwarded: ["for=203.0.113.7"] });
  for (let count = 1; count < LATER_PROXY_LOOK_EVERY; count += 1) check(throughProxy);
  expect([read.length, warnings]).toEqual([looked, []]);
  check(throughProxy);
  expect(warnings).toMatchObject([{ warning: "proxy-header-without-trusted-proxies" }]);
});
