import type { HttpTransport } from "@tenon/core/ports";
import { type Deliverer, serveDeliveries } from "../serve-deliveries.js";
import {
  createKit,
  loopbackTransport,
  openPool,
  publishToAll,
  setUpEndpoints,
  TENANT,
} from "../tenon-kit.js";

const SLOTS = Number(process.env.BENCH_SLOTS ?? 64);

await serveDeliveries(async (): Promise<Deliverer> => {
  const pool = openPool();
  let answered = 0;
  let onAnswer = () => {};
  const transport = loopbackTransport();
  const counting: HttpTransport = {
    ...transport,
    async request(request) {
      const result = await transport.request(request);
      if (result.ok) answered += 1;
      onAnswer();
      return result;
    },
  };
  const tenon = createKit(pool, counting);
  const endpoints = await setUpEndpoints(pool, tenon);
  return {
    async fill(count) {
      if (process.env.BENCH_HANGING === undefined) return publishToAll(tenon, endpoints, count);
      const messages = Array.from({ length: count }, (_, number) => ({ type: "hang", data: { number } }));
      await tenon.webhooks.publishMany({ tenantId: TENANT, messages });
    },
    async deliver(count) {
      answered = 0;
      const done = new Promise<void>((resolve) => {
        onAnswer = () => {
          if (answered >= count) resolve();
        };
      });
      const runner = tenon.webhooks.startRunner({ slots: SLOTS });
      await done;
      await runner.stop();
    },
    async start() {
      tenon.webhooks.startRunner();
    },
  };
});
