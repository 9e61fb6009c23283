export { createSecret, isSecret, type Secret } from "./secret.js";
