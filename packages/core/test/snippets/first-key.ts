import { createTenon } from "@tenon/core";
import { memoryStorage } from "@tenon/storage-memory";

const tenon = createTenon({ storage: memoryStorage(), scopes: { "posts:read": "Read posts" } });
const key = await tenon.apiKeys.create({ tenantId: "acme", name: "Zapier", scopes: ["posts:read"] });
export const verdict = await tenon.apiKeys.authenticate({ key: key.secret.reveal(), scopes: ["posts:read"] });
