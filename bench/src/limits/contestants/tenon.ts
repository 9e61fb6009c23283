import { createTenon } from "@tenon/core";
import { migrate, postgresStorage } from "@tenon/storage-postgres";
import { serveSlices } from "../../measure/serve-slices.js";
import { chargeWork } from "../charge-work.js";
import { openPool } from "../open-pool.js";
import { chargeWith } from "../tenon-charges.js";

await serveSlices(async () => {
  const pool = openPool();
  await migrate({ pool });
  const tenon = createTenon({ storage: postgresStorage({ pool }) });
  return chargeWork(chargeWith(tenon, process.env.BENCH_LEASED ? "leased" : "exact"));
});
