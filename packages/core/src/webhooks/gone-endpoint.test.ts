import { expect, test } from "vitest";
import { createGoneSwitch } from "./gone-endpoint.js";

const delivery = { tenantId: "t1", endpointId: "ep_1" };

/** A store whose calls wait, as for a transaction of the host's, until they are let through. */
function heldStore() {
  const waiting: ((end: "disabled" | "fault") => void)[] = [];
  const disabled: string[] = [];
  const complaints: string[] = [];
  const note = (_: object, message: string) => void complaints.push(message);
  const switchOff = createGoneSwitch({
    endpoints: {
      disable: ({ endpointId }) =>
        new Promise((resolve, reject) => {
          disabled.push(endpointId);
          waiting.push((end) =>
            end === "fault" ? reject(new Error("the database is out")) : resolve(undefined),
          );
        }),
    },
    storeNow: () => ({}),
    logger: { debug: note, info: note, warn: note, error: note },
  });
  return { switchOff, disabled, complaints, end: (how: "disabled" | "fault") => waiting.shift()?.(how) };
}

test("deliveries that hear 410 at the same time wait for one call", async () => {
  const { switchOff, disabled, end } = heldStore();
  const all = Promise.all([switchOff(delivery), switchOff(delivery), switchOff(delivery)]);
  end("disabled");
  await all;
  expect(disabled).toEqual(["ep_1"]);
});

test("each endpoint has a call of its own, and one that is enabled again has another", async () => {
  const { switchOff, disabled, end } = heldStore();
  const both = Promise.all([switchOff(delivery), switchOff({ ...delivery, endpointId: "ep_2" })]);
  end("disabled");
  end("disabled");
  await both;
  const again = switchOff(delivery);
  end("disabled");
  await again;
  expect(disabled).toEqual(["ep_1", "ep_2", "ep_1"]);
});

test("a fault is logged, and the next 410 tries again", async () => {
  const { switchOff, disabled, complaints, end } = heldStore();
  const failing = switchOff(delivery);
  end("fault");
  await failing;
  expect(complaints).toEqual(["an endpoint that answered 410 could not be disabled"]);
  const again = switchOff(delivery);
  end("disabled");
  await again;
  expect(disabled).toHaveLength(2);
});
