import { Reason } from "@palate/proto/recipe";
import { instruments, metricsState, startSpan, inSpan } from "@palate/telemetry";

/** What an answer is a list of. */
type AnswerKind = "recommendations" | "ranking" | "actions";

/** What tells which campaign answers. */
interface CampaignFields {
  readonly datasetGroup: string;
  readonly campaign: string;
}

/** An answer as far as it is counted: why each entry is in it, empty where every one is the model's. */
interface Answer {
  readonly reasons: readonly Reason[];
}

const SOURCES: Readonly<Record<Reason, string>> = {
  [Reason.REASON_UNSPECIFIED]: "model",
  [Reason.REASON_POPULAR]: "popular",
  [Reason.REASON_EXPLORATION]: "exploration",
  [Reason.REASON_PROMOTED]: "promoted",
  [Reason.REASON_NEW]: "new",
  [Reason.REASON_SEEN]: "seen",
  [Reason.UNRECOGNIZED]: "model",
};

/** Sources that stand in where the model has too little to say. */
const FALLBACKS: ReadonlySet<Reason> = new Set([Reason.REASON_POPULAR, Reason.REASON_NEW, Reason.REASON_SEEN]);

/**
 * Works an answer out, measures it, and in a recorded trace does so in a span of its own.
 * @param entriesOf gives the entries of an answer
 */
export function observeAnswer<T extends Answer>(
  { datasetGroup, campaign }: CampaignFields,
  kind: AnswerKind,
  entriesOf: (answer: T) => readonly string[],
  respond: () => T,
): T {
  const span = startSpan("palate.answer", {
    "palate.dataset_group": datasetGroup,
    "palate.campaign": campaign,
    "palate.answer.kind": kind,
  });
  if (span === undefined && !metricsState.on) return respond();
  const startedAt = performance.now();
  const answer = inSpan(span, respond);
  const seconds = (performance.now() - startedAt) / 1_000;
  instruments.answerDuration.record(seconds, span, datasetGroup, campaign, kind);
  const fallback = answer.reasons.some((reason) => FALLBACKS.has(reason));
  instruments.answers.add(1, datasetGroup, campaign, kind, String(fallback));
  countItems(datasetGroup, campaign, answer.reasons, entriesOf(answer).length);
  return answer;
}

function countItems(datasetGroup: string, campaign: string, reasons: readonly Reason[], entries: number): void {
  if (reasons.length === 0) {
    instruments.answeredItems.add(entries, datasetGroup, campaign, SOURCES[Reason.REASON_UNSPECIFIED]);
    return;
  }
  const counts = new Map<Reason, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  for (const [reason, count] of counts) instruments.answeredItems.add(count, datasetGroup, campaign, SOURCES[reason]);
}
