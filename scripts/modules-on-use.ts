import * as ts from 'typescript';

/** A part of a file and what it becomes. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Turns each `const x = require('y')` at the top of a compiled file into a function that loads the module when it is
 * first called, and each use of `x` into a call. Lines stay where they are, for the source map. A file that has been
 * rewritten stays as it is.
 */
export function loadOnUse(compiled: string): string {
  const file = ts.createSourceFile('compiled.js', compiled, ts.ScriptTarget.ES2022, true, ts.ScriptKind.JS);
  const edits: Edit[] = [];
  const modules = new Set<string>();
  for (const statement of file.statements) {
    const loaded = requiredBy(statement);
    if (loaded) {
      const { name, request } = loaded;
      modules.add(name);
      edits.push({ ...rangeOf(statement), text: `let ${name} = () => { const loaded = require(${request}); ${name} = () => loaded; return loaded; };` });
    }
  }
  const visit = (node: ts.Node): void => {
    if (requiredBy(node)) {
      return;
    }
    if (ts.isIdentifier(node) && modules.has(node.text) && !isMemberName(node)) {
      // In `new x().Thing()` it would be x that is constructed.
      edits.push({ ...rangeOf(node), text: isConstructed(node) ? `(${node.text}())` : `${node.text}()` });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return edits.sort((a, b) => b.start - a.start).reduce((text, { start, end, text: by }) => text.slice(0, start) + by + text.slice(end), compiled);
}

/** What the statement loads, when that is all it does. */
function requiredBy(node: ts.Node): { name: string; request: string } | undefined {
  const declarations = ts.isVariableStatement(node) && ts.isSourceFile(node.parent) ? node.declarationList.declarations : [];
  const declaration = declarations.length === 1 ? declarations[0] : undefined;
  const call = declaration?.initializer;
  const loads = call && ts.isCallExpression(call) && ts.isIdentifier(call.expression) && call.expression.text === 'require';
  return declaration && loads && ts.isIdentifier(declaration.name) && ts.isStringLiteral(call.arguments[0])
    ? { name: declaration.name.text, request: call.arguments[0].getText() }
    : undefined;
}

function rangeOf(node: ts.Node): { start: number; end: number } {
  return { start: node.getStart(), end: node.getEnd() };
}

/** `Thing` in `x.Thing`, or in `{ Thing: … }`. */
function isMemberName(node: ts.Identifier): boolean {
  const { parent } = node;
  return (ts.isPropertyAccessExpression(parent) && parent.name === node) || (ts.isPropertyAssignment(parent) && parent.name === node);
}

function isConstructed(node: ts.Identifier): boolean {
  let whole: ts.Node = node;
  while (ts.isPropertyAccessExpression(whole.parent) && whole.parent.expression === whole) {
    whole = whole.parent;
  }
  return ts.isNewExpression(whole.parent) && whole.parent.expression === whole;
}
