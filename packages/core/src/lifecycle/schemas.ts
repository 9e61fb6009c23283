import { z } from "zod";
import { tenantId } from "../input/fields.js";
import { LIFECYCLE_EVENT_TYPES } from "./event-table.js";

export const lifecycleConfig = z
  .strictObject({
    operationalTenantId: tenantId,
    events: z
      .array(z.enum(LIFECYCLE_EVENT_TYPES))
      .min(1)
      .transform((types) => new Set(types)),
  })
  .optional();
