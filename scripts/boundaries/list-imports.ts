import ts from "typescript";

/** One import of a source file, in whatever form it is written. */
export interface FoundImport {
  /** What is imported; undefined when it is computed at run time. */
  readonly specifier: string | undefined;
  readonly line: number;
  /** True when nothing of it is left at run time: `import type`, `export type … from`, `import("x").T`. */
  readonly isTypeOnly: boolean;
}

/** Lists every import of a TypeScript source, in order: static, re-exported, dynamic, `require` and in types. */
export function listImports(source: string, fileName: string): readonly FoundImport[] {
  const file = ts.createSourceFile(fileName, source, ts.ScriptTarget.Latest, true);
  const found: FoundImport[] = [];

  function add(node: ts.Node, specifier: ts.Node | undefined, isTypeOnly: boolean): void {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
    const text = specifier !== undefined && ts.isStringLiteralLike(specifier) ? specifier.text : undefined;
    found.push({ specifier: text, line: line + 1, isTypeOnly });
  }

  function visit(node: ts.Node): void {
    if (ts.isImportDeclaration(node)) {
      add(node, node.moduleSpecifier, node.importClause?.isTypeOnly ?? false);
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
      add(node, node.moduleSpecifier, node.isTypeOnly);
    } else if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
      add(node, node.moduleReference.expression, node.isTypeOnly);
    } else if (ts.isImportTypeNode(node)) {
      add(node, ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true);
    } else if (ts.isCallExpression(node) && loadsModule(node.expression)) {
      add(node, node.arguments[0], false);
    }
    ts.forEachChild(node, visit);
  }

  visit(file);
  return found;
}

function loadsModule(called: ts.Expression): boolean {
  return (
    called.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(called) && called.text === "require")
  );
}
