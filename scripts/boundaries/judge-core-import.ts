import type { FoundImport } from "./list-imports.js";
import { CORE_ARROWS, CORE_FOLDERS, CORE_SHARED_FILES } from "./rules.js";

/** The rule that one file of core breaks by importing another; both are paths under `src`. */
export function judgeCorePath(from: string, target: string, { isTypeOnly }: FoundImport): string | undefined {
  const folder = folderOf(from);
  const targetFolder = folderOf(target);
  if (isTypeOnly || folder === undefined) return undefined;
  if (folder === "ports") return "ports are types only: they import with `import type`.";
  if (folder === targetFolder) return undefined;
  if (targetFolder === undefined) return "the composition root is imported by nothing below it.";

  const layer = CORE_FOLDERS[folder];
  const targetLayer = CORE_FOLDERS[targetFolder];
  if (layer === undefined) return unknownFolder(folder);
  if (targetLayer === undefined) return unknownFolder(targetFolder);
  if (CORE_ARROWS[layer].includes(targetLayer)) return undefined;
  if (layer === "capability" && targetLayer === "capability") {
    if (CORE_SHARED_FILES.includes(target)) return undefined;
    return `a capability takes only types from another: create-tenon.ts and http/ compose ${folder} with ${targetFolder}.`;
  }
  return `${folder}/ (${layer}) may import values of: ${CORE_ARROWS[layer].join(", ")}; ${targetFolder}/ is ${targetLayer}.`;
}

function folderOf(path: string): string | undefined {
  return path.includes("/") ? path.split("/")[0] : undefined;
}

function unknownFolder(folder: string): string {
  return `the folder ${folder} of core has no line in scripts/boundaries/rules.ts.`;
}
