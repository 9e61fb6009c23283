/** The test's processes share these, as the processes of a host share theirs. */
export const VAULT_KEYS = [{ id: "test", key: Buffer.alloc(32, 1).toString("base64") }];
