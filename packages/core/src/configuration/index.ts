export { configFromEnv } from "./config-from-env.js";
export type {
  BooleanVariable,
  DurationUnit,
  DurationVariable,
  EnvironmentValues,
  EnvironmentVariable,
  ListVariable,
  NumberVariable,
  OneOfVariable,
  SecretVariable,
  TextVariable,
  UrlVariable,
} from "./environment-variable.js";
