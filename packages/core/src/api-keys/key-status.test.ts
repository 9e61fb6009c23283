import { expect, test } from "vitest";
import { deriveKeyStatus } from "./key-status.js";

const now = new Date("2026-01-01T00:00:00Z");
const earlier = new Date(now.getTime() - 1);
const later = new Date(now.getTime() + 1);
const fresh = { revokedAt: undefined, disabledAt: undefined, expiresAt: undefined, notBefore: undefined };

test("a key is active from notBefore until, but not at, its expiry", () => {
  expect(deriveKeyStatus(fresh, now)).toBe("active");
  expect(deriveKeyStatus({ ...fresh, notBefore: now, expiresAt: later }, now)).toBe("active");
  expect(deriveKeyStatus({ ...fresh, notBefore: later }, now)).toBe("not_yet_valid");
  expect(deriveKeyStatus({ ...fresh, expiresAt: now }, now)).toBe("expired");
});

test("a revoked key is revoked whatever else it is, then disabled, then expired", () => {
  const all = { revokedAt: later, disabledAt: earlier, expiresAt: earlier, notBefore: later };
  expect(deriveKeyStatus(all, now)).toBe("revoked");
  expect(deriveKeyStatus({ ...all, revokedAt: undefined }, now)).toBe("disabled");
  expect(deriveKeyStatus({ ...all, revokedAt: undefined, disabledAt: undefined }, now)).toBe("expired");
});
