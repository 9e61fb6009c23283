import { createTenon } from "@tenon/core";
import { migrate, postgresStorage } from "@tenon/storage-postgres";
import { AMPLE, HOUR_SECONDS, TWO_LIMITS } from "../../measure/scenario.js";
import { serveSlices } from "../../measure/serve-slices.js";
import { openPool, postgresWork } from "../postgres-work.js";

await serveSlices(async () => {
  const pool = openPool();
  await migrate({ pool });
  const tenon = createTenon({ storage: postgresStorage({ pool }) });
  const twoLimits = [...TWO_LIMITS];
  const hour = [{ name: "hour", limit: AMPLE, windowSeconds: HOUR_SECONDS }];
  return postgresWork({
    async oneSubject(subject) {
      const { allowed } = await tenon.limits.consume({ subject, limits: twoLimits });
      if (!allowed) throw new Error("refused");
    },
    async keyAndTenant(key, tenant) {
      const { allowed } = await tenon.limits.consume({
        charges: [
          { subject: key, partition: "key", limits: hour },
          { subject: tenant, partition: "tenant", limits: hour },
        ],
      });
      if (!allowed) throw new Error("refused");
    },
  });
});
