import { fileURLToPath } from "node:url";
import { findBrokenProofs, REQUIREMENTS_PAGE } from "./requirements/find-broken-proofs.js";

const broken = findBrokenProofs(fileURLToPath(new URL("..", import.meta.url)));
for (const problem of broken) console.error(`${REQUIREMENTS_PAGE}: ${problem}`);
if (broken.length > 0) process.exitCode = 1;
else console.log("requirements: every named test is there");
