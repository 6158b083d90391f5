import type { Command } from "commander";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { interrupted, usage } from "../errors/failure.js";
import { batchesOf } from "../events/batches.js";
import { EventSender } from "../events/sender.js";
import { progressOf } from "../output/progress.js";
import { count, counted } from "../output/words.js";
import { groupOf } from "../session/group.js";
import { parseCount, withGroupOption } from "../session/options.js";
import type { GroupOptions, Run, Session } from "../session/session.js";

interface SendOptions extends GroupOptions {
  readonly batch: number;
  readonly retry: number;
  readonly keepGoing?: boolean;
}

/** Milliseconds that a line of a slow stream waits for others. */
const IDLE_MS = 100;

/** Adds `palate events`. */
export function addEventsCommand(program: Command, run: Run): void {
  const events = program.command("events").description("what users do");
  withGroupOption(events.command("send"))
    .description("record events, a JSON object in each line; each batch is durable before the next is sent")
    .argument("[file]", 'JSON lines with userId (or sessionId) and itemId; "-" or none: standard input', "-")
    .option("--batch <count>", "events in a request", parseCount, 1000)
    .option("--retry <seconds>", "how long the gateway may be away", parseCount, 60)
    .option("--keep-going", "leave out lines that are refused instead of stopping at the first")
    .action((file: string, options: SendOptions) => run(options, (session) => send(session, file, options)));
}

async function send(session: Session, file: string, options: SendOptions): Promise<void> {
  const { out, signal } = session;
  const { input, size } = await inputOf(session, file);
  const datasetGroup = await groupOf(session, options);
  const progress = progressOf(out);
  const keepGoing = options.keepGoing ?? false;
  const sender = new EventSender(session, { datasetGroup, patienceMs: options.retry * 1000, keepGoing });
  try {
    for await (const lines of batchesOf(input, options.batch, IDLE_MS, signal)) {
      await sender.send(lines);
      const fraction = size === undefined || size === 0 ? 0 : input.bytesRead / size;
      progress.update("events", { fraction, doing: `${count(sender.sent.acknowledged)} acknowledged` });
    }
  } finally {
    progress.close();
  }
  const { acknowledged, recorded, repeated, refused } = sender.sent;
  if (signal.aborted) throw interrupted(`Interrupted after ${counted(acknowledged, "event")}, which are recorded.`);
  out.record({ done: true, datasetGroup, ...sender.sent }, () => {
    const before = repeated > 0 ? `, ${count(repeated)} had been recorded before` : "";
    const left = refused > 0 ? `, ${count(refused)} refused` : "";
    return `${counted(recorded, "event")} recorded${before}${left}.`;
  });
}

/** What is read, and how many bytes it has where that is known. */
async function inputOf({ stdin }: Session, file: string): Promise<{ input: Input; size: number | undefined }> {
  if (file === "-") {
    if (stdin.isTTY) throw usage("Nothing is piped into this command.", "For example: palate events send FILE.");
    return { input: stdin as unknown as Input, size: undefined };
  }
  const found = await stat(file).catch(() => undefined);
  if (!found) throw usage(`There is no file "${file}" here.`);
  return { input: createReadStream(file), size: found.size };
}

/** A stream that says how much of it was read. */
type Input = NodeJS.ReadableStream & { readonly bytesRead: number };
