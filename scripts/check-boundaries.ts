import { fileURLToPath } from "node:url";
import { findViolations } from "./boundaries/find-violations.js";

// Fails on an import that points against the arrows of ARCHITECTURE.md. The rules are in boundaries/rules.ts.

const violations = findViolations(fileURLToPath(new URL("..", import.meta.url)));
for (const { file, line, specifier = "a computed name", rule } of violations) {
  console.error(`${file}:${line}  imports ${specifier}: ${rule}`);
}
console.log(
  violations.length === 0
    ? "boundaries: every import follows the arrows"
    : `boundaries: ${violations.length} broken`,
);
process.exitCode = violations.length === 0 ? 0 : 1;
