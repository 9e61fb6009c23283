import { z } from "zod";

/** What the OpenAPI document calls schemas that several routes share. Those without a name stand where they are used. */
export const schemaNames: z.core.$ZodRegistry<{ readonly name: string }> = z.registry<{
  readonly name: string;
}>();
