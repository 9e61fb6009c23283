export { type MemoryStorageConfig, memoryStorage } from "./memory-storage.js";
