import type { Command } from "commander";
import { Failure } from "../errors/failure.js";
import { CHECK_FILTER, type FilterCheck, type FilterProblem } from "../operations/filters.js";
import type { Colors } from "../output/output.js";
import { caretUnder } from "../output/caret.js";
import { groupOf } from "../session/group.js";
import { withGroupOption } from "../session/options.js";
import type { GroupOptions, Run, Session } from "../session/session.js";
import { readAll } from "../session/stdin.js";

/** Adds `palate filters`. */
export function addFiltersCommand(program: Command, run: Run): void {
  const filters = program.command("filters").description("filter expressions");
  withGroupOption(filters.command("check"))
    .description("say what is wrong with a filter expression, and where; nothing is stored")
    .argument("<expression>", 'such as \'EXCLUDE ItemID WHERE Items.GENRE IN ("horror")\'; "-": standard input')
    .action((expression: string, options: GroupOptions) =>
      run(options, (session) => check(session, expression, options)),
    );
}

async function check(session: Session, given: string, options: GroupOptions): Promise<void> {
  const { out } = session;
  const expression = given === "-" ? await readAll(session.stdin) : given;
  const datasetGroup = await groupOf(session, options);
  const { checkFilter } = await session.api.ask(CHECK_FILTER, { datasetGroup, expression });
  if (!checkFilter) throw new Failure("NO_ANSWER", "The gateway did not say whether the expression is right.");
  if (checkFilter.problems.length === 0)
    return out.result({ datasetGroup, expression, ...checkFilter }, () => right(checkFilter, out.colors));
  const { problems } = checkFilter;
  if (!out.json) out.stderr.write(`${problems.map((each) => shown(expression, each, out.noteColors)).join("\n\n")}\n`);
  throw new Failure(
    "BAD_USER_INPUT",
    problems.length === 1 ? "The expression is not right." : `The expression has ${problems.length} mistakes.`,
    {
      problems: out.json
        ? problems.map(({ line, column, message }) => ({ field: placeOf(line, column), message }))
        : [],
    },
  );
}

function right({ canonical, target, parameters }: FilterCheck, { green }: Colors): string {
  const needs = parameters.map(({ name, required }) => `$${name}${required ? "" : " (may be left out)"}`);
  const lines = [`${green("✓")} ${canonical ?? ""}`, `  It selects ${target ?? "nothing"}.`];
  if (needs.length > 0) lines.push(`  Parameters: ${needs.join(", ")}`);
  return lines.join("\n");
}

function shown(expression: string, { line, column, message }: FilterProblem, { red }: Colors): string {
  const marked = line !== null && column !== null ? `${caretUnder(expression, line, column, red)}\n` : "";
  return `${marked}${message}`;
}

function placeOf(line: number | null, column: number | null): string | null {
  return line === null || column === null ? null : `line ${line}, column ${column}`;
}
