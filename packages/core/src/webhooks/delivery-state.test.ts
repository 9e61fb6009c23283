import fc from "fast-check";
import { expect, test } from "vitest";
import { type DeliveryFacts, deriveDeliveryState } from "./delivery-state.js";

const fresh: DeliveryFacts = {
  finalState: undefined,
  leaseIsLive: false,
  endpointIsDisabled: false,
  endpointIsDeleted: false,
  attemptCount: 0,
};

test("a delivery is pending until tried, and retrying after that", () => {
  expect(deriveDeliveryState(fresh)).toBe("pending");
  expect(deriveDeliveryState({ ...fresh, attemptCount: 1 })).toBe("retrying");
});

test("a live lease shows even where the endpoint was just disabled: the request is on its way", () => {
  expect(deriveDeliveryState({ ...fresh, leaseIsLive: true, endpointIsDisabled: true })).toBe("delivering");
});

test("a disabled endpoint holds what is not final, tried or not", () => {
  expect(deriveDeliveryState({ ...fresh, endpointIsDisabled: true })).toBe("held");
  expect(deriveDeliveryState({ ...fresh, endpointIsDisabled: true, attemptCount: 3 })).toBe("held");
});

test("a final state is final, whatever else is stored", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("succeeded" as const, "exhausted" as const, "cancelled" as const),
      fc.boolean(),
      fc.boolean(),
      fc.nat(),
      (finalState, leaseIsLive, endpointIsDisabled, attemptCount) => {
        const facts = { ...fresh, finalState, leaseIsLive, endpointIsDisabled, attemptCount };
        expect(deriveDeliveryState(facts)).toBe(finalState);
      },
    ),
  );
});

test("what a deleted endpoint left behind is cancelled, but for an attempt under way", () => {
  const deleted = { ...fresh, endpointIsDeleted: true };
  expect(deriveDeliveryState({ ...deleted, endpointIsDisabled: true, attemptCount: 2 })).toBe("cancelled");
  expect(deriveDeliveryState({ ...deleted, leaseIsLive: true })).toBe("delivering");
  expect(deriveDeliveryState({ ...deleted, finalState: "succeeded" })).toBe("succeeded");
});
