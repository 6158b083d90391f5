/**
 * ESLint's `max-lines-per-function` for tests: what `describe` and `it` are given may be as long as it reads well, and so
 * may a function that only declares such suites. Helpers are held to the limit as product code is.
 */
import { builtinRules } from "eslint/use-at-your-own-risk";

const DECLARES_TESTS = new Set(["describe", "it", "test"]);
const rule = builtinRules.get("max-lines-per-function");

/** The name that a call begins with: `it` of `it.each(rows)("…", body)`. */
function nameOf(callee) {
  if (callee.type === "MemberExpression") return nameOf(callee.object);
  if (callee.type === "CallExpression" || callee.type === "TaggedTemplateExpression") {
    return nameOf(callee.callee ?? callee.tag);
  }
  return callee.name;
}

const declaresTests = (node) => node?.type === "CallExpression" && DECLARES_TESTS.has(nameOf(node.callee));

/** Whether a function is a body of a suite or a test, or one whose own statements declare some. */
function isSuite(node) {
  if (declaresTests(node.parent)) return true;
  const statements = node.body?.type === "BlockStatement" ? node.body.body : [];
  return statements.some((statement) => declaresTests(statement.expression));
}

export default {
  meta: rule.meta,
  create: (context) =>
    rule.create(
      Object.create(context, {
        report: { value: (problem) => isSuite(problem.node) || context.report(problem) },
      }),
    ),
};
