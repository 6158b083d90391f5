import { Failure, toFailure } from "../errors/failure.js";
import type { RecognisedFile } from "../imports/recognise.js";
import { showItems } from "../output/items.js";
import type { Progress } from "../output/progress.js";
import type { Session } from "../session/session.js";
import { answerOf, type Answer, type Question } from "./answers.js";
import { idsInPreviews, usersOf } from "./example-ids.js";
import { sampleRows } from "./sample-rows.js";
import type { StartedTraining } from "./train-all.js";

/** What is being tried. */
export interface Trial {
  readonly datasetGroup: string;
  readonly files: readonly RecognisedFile[];
  readonly trainings: readonly StartedTraining[];
  readonly progress: Progress;
}

/** Users, or items, that lists are shown for. */
const EXAMPLES = 3;

/**
 * Shows what the models recommend, each as soon as it can answer: what is popular, then items for three users; where only
 * items are known, items like three of them. Returns once that is shown, whether or not trainings go on.
 * @throws Failure when no model can answer
 */
export async function showAnswers(session: Session, trial: Trial): Promise<Answer[]> {
  const { trainings, progress } = trial;
  const answers: Answer[] = [];
  const show = (title: string, answer: Answer): void => {
    answers.push(answer);
    progress.print(`\n${session.out.colors.bold(title)}\n${showItems(answer.edges, session.out)}`);
  };
  const shown = trainings.map(async (training) => {
    await training.usable;
    await SHOWN[training.type]?.(session, trial, training, show);
  });
  const outcomes = await Promise.allSettled(shown);
  const failures = outcomes.flatMap((each) => (each.status === "rejected" ? [toFailure(each.reason)] : []));
  const [first] = failures;
  if (session.signal.aborted && first) throw first;
  if (answers.length === 0) throw first ?? new Failure("TRAINING_FAILED", "No model can answer.");
  for (const { message } of failures) session.out.warn(message);
  return answers;
}

/** Users of the files' first rows, else of rows from all over them, else those that a model knows. */
async function exampleUsers(
  session: Session,
  files: readonly RecognisedFile[],
  modelUsers: () => Promise<string[]>,
): Promise<string[]> {
  const first = idsInPreviews(files, "USER_ID");
  if (first.length >= EXAMPLES) return first;
  const samples = await Promise.all(files.map((file) => sampleRows(session, file)));
  const further = idsInPreviews(
    samples.filter((sample) => sample !== undefined),
    "USER_ID",
  );
  return further.length >= EXAMPLES ? further : modelUsers();
}

type Show = (title: string, answer: Answer) => void;
type Shower = (session: Session, trial: Trial, training: StartedTraining, show: Show) => Promise<void>;

/** What is shown of a model, by its recipe's type. */
const SHOWN: Readonly<Record<string, Shower>> = {
  async POPULAR_ITEMS(session, { datasetGroup }, { name }, show) {
    show("Popular with everybody", await answerOf(session, { datasetGroup, campaign: name }));
  },
  async USER_PERSONALIZATION(session, { datasetGroup, files }, { name }, show) {
    const users = await exampleUsers(session, files, () => usersOf(session, datasetGroup, name, EXAMPLES));
    for (const userId of users.slice(0, EXAMPLES))
      show(`For user ${userId}`, await answerOf(session, { datasetGroup, campaign: name, userId }));
  },
  async RELATED_ITEMS(session, { datasetGroup, files, trainings }, { name }, show) {
    const items = idsInPreviews(files, "ITEM_ID").slice(0, trainings.length === 1 ? EXAMPLES : 1);
    for (const itemId of items) {
      const question: Question = { datasetGroup, campaign: name, itemId };
      show(`Like item ${itemId}`, await answerOf(session, question));
    }
  },
};
