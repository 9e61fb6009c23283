import { createManagementApi, type ManagementApiOptions, type OpenApiDocument } from "@tenon/core/http";
import { createTestKit } from "../kit.js";

export const TITLE = { title: "Acme integrations", version: "1.4.0" };

/** A management API, and its description. */
export function describeTestApi(
  options: Omit<ManagementApiOptions<unknown>, "principal"> = {},
  config: Parameters<typeof createTestKit>[0] = {},
) {
  const api = createManagementApi(createTestKit(config).tenon, { principal: () => undefined, ...options });
  return { api, document: api.openapi(TITLE) };
}

/** Every operation with its path and method. */
export function operationsOf({ paths }: OpenApiDocument) {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ ...operation, path, method })),
  );
}
