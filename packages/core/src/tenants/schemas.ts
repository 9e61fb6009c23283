import { z } from "zod";
import { tenantId, text } from "../input/fields.js";

export const tenantReference = z.strictObject({ tenantId });
export type TenantReference = z.input<typeof tenantReference>;

export const userReference = z.strictObject({ tenantId, userId: text(1, 128) });
export type UserReference = z.input<typeof userReference>;
