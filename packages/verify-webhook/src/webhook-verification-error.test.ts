import { expect, test, vi } from "vitest";
import { checkWebhook, isWebhookVerificationError, signWebhook, WebhookVerificationError } from "./index.js";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

test("the error is an Error with a code, a name and its brand out of sight", () => {
  const error = new WebhookVerificationError("missing_header", "why");
  expect(error).toBeInstanceOf(Error);
  expect(`${error}`).toBe("WebhookVerificationError: why");
  expect(JSON.parse(JSON.stringify(error))).toEqual({
    name: "WebhookVerificationError",
    code: "missing_header",
  });
  expect(isWebhookVerificationError(error)).toBe(true);
});

test("an error of another copy of the package is recognised", async () => {
  vi.resetModules();
  const copy = await import("./webhook-verification-error.js");
  const error = new copy.WebhookVerificationError("missing_header", "why");
  expect(error).not.toBeInstanceOf(WebhookVerificationError);
  expect(isWebhookVerificationError(error)).toBe(true);
});

test("nothing else is, and asking never throws", () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  for (const value of [undefined, null, 0, "", {}, new Error("no"), { code: "missing_header" }, proxy]) {
    expect(isWebhookVerificationError(value)).toBe(false);
  }
});

test("no message holds the secret or a signature", async () => {
  const planted = secret.slice("whsec_".length);
  const headers = await signWebhook("{}", { secret });
  const refusals = [
    await checkWebhook("{}", headers, `${secret}\n`),
    await checkWebhook("{}", headers, [secret, `x${secret}`]),
    await checkWebhook("[]", headers, secret),
    await checkWebhook(
      "{}",
      { ...headers, "webhook-signature": [headers["webhook-signature"], "v1,a"] },
      secret,
    ),
    await checkWebhook(
      "{}",
      { ...headers, "webhook-id": headers["webhook-signature"].replace("v1,", "v1 ") },
      secret,
    ),
    await checkWebhook("{}", headers, secret, { now: new Date(0) }),
  ];
  for (const refusal of refusals) {
    expect(refusal.ok).toBe(false);
    expect(JSON.stringify(refusal)).not.toContain(planted);
    expect(JSON.stringify(refusal)).not.toContain(headers["webhook-signature"].slice(3));
  }
});
