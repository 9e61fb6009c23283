export {
  type AcceptedFormat,
  type AcceptedFormatOptions,
  createAcceptedFormats,
  type KeyFormats,
  recognizeKeyText,
} from "./accepted-formats.js";
export { hashKey, type KeyHashFormat, parseKeyHash } from "./hash-key.js";
export {
  createKeyFormat,
  generateKeyText,
  type KeyBody,
  type KeyFormat,
  type KeyFormatOptions,
  type KeyTextVerdict,
  keyPattern,
  keyStart,
  parseKeyText,
} from "./key-format.js";
export { deriveKeyStatus, type KeyStatus } from "./key-status.js";
