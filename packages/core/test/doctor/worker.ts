import { createTenon } from "@tenon/core";
import type { Logger } from "@tenon/core/ports";
import { memoryStorage } from "@tenon/storage-memory";

/** Makes kits in this process, and tells the parent what their doctors say. */
const said: unknown[] = [];
const silent = () => {};
const logger: Logger = {
  debug: silent,
  info: silent,
  warn: ({ warning }) => void said.push(warning),
  error: silent,
};
const config = { storage: memoryStorage(), logger };
createTenon(config);
createTenon({ ...config, doctor: { disable: ["memory-storage-in-cluster"] } });
const { isProcessLocal: _, ...shared } = memoryStorage();
createTenon({ ...config, storage: shared });
process.send?.(said);
process.disconnect?.();
