export { ERROR_STATUS, type ErrorCode } from "./codes.js";
export {
  ConfigError,
  ConflictError,
  type InputProblem,
  isTenonError,
  NotFoundError,
  StorageError,
  TenonError,
  ValidationError,
} from "./tenon-error.js";
