import { expect, test } from "vitest";
import { checkEndpointUrl } from "./endpoint-url.js";

const check = (url: string) => checkEndpointUrl(url, undefined);

test.each([
  "https://partner.example/hooks",
  "https://partner.example",
  "HTTPS://Partner.Example:8443/hooks?team=%C3%BC&x=1",
  "https://[2001:db8::1]/hooks",
  "https://[2001:0DB8:0:0::1]:8443/hooks",
  "https://bücher.example/hooks",
  "https://203.0.113.7/hooks",
])("%s is fine", (url) => {
  expect(check(url)).toEqual({ ok: true });
});

test.each([
  ["nothing", ""],
  ["a path alone", "/hooks"],
  ["plain http", "http://partner.example/hooks"],
  ["another scheme", "ftp://partner.example/hooks"],
  ["credentials", "https://user:pass@partner.example/"],
  ["a fragment", "https://partner.example/#"],
  ["space around it", " https://partner.example/"],
  ["a line break in its host", "https://partner.exa\nmple/"],
  ["a tab in its path", "https://partner.example/a\tb"],
  ["a backslash", "https:\\\\partner.example\\hooks"],
  ["no slashes", "https:partner.example/hooks"],
  ["one slash", "https:/partner.example/hooks"],
  ["a third slash", "https:///partner.example/hooks"],
  ["a percent-encoded host", "https://%70artner.example/hooks"],
  ["a number for a host", "https://2130706433/"],
  ["a hexadecimal host", "https://0x7f.0.0.1/"],
  ["a short address", "https://127.1/"],
  ["full-width letters in its host", "https://ｐartner.example/"],
  ["a full-width dot in its host", "https://partner。example/"],
])("a URL with %s is refused", (_, url) => {
  expect(check(url)).toMatchObject({ ok: false });
});

test("a transport judges by rules of its own, after credentials and fragments", () => {
  const transport = { check: () => ({ ok: false, reason: "no" }) as const };
  expect(checkEndpointUrl("https://partner.example/", transport)).toEqual({ ok: false, reason: "no" });
  expect(checkEndpointUrl("https://partner.example/#x", transport)).not.toEqual({ ok: false, reason: "no" });
  expect(checkEndpointUrl("http://localhost/", { check: () => ({ ok: true }) })).toEqual({ ok: true });
});
