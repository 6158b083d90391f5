import { stat } from "node:fs/promises";
import path from "node:path";
import { upload } from "../api/upload.js";
import { ExitCode } from "../errors/exit-code.js";
import { Failure, usage } from "../errors/failure.js";
import type { Progress } from "../output/progress.js";
import { bytes } from "../output/words.js";
import type { Session } from "../session/session.js";

/** Addresses that the services fetch by themselves. */
const ADDRESS = /^(s3|https?|upload):\/\//;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * Where the services can read a file: addresses as they are, a file by its path where they run on this machine and may
 * read there, and everything else uploaded.
 * @param probe fails when the services cannot read a location
 * @param serverPath whether `file` is a path on the services' machine
 * @throws Failure when there is no such file
 */
export async function locate(
  session: Session,
  file: string,
  probe: (location: string) => Promise<unknown>,
  progress: Progress,
  serverPath = false,
): Promise<string> {
  if (serverPath || ADDRESS.test(file)) return file;
  const found = await stat(file).catch(() => undefined);
  if (!found) {
    throw usage(
      `There is no file "${file}" here.`,
      "Addresses begin with s3://, http:// or https://; for a path on the services' machine there is --server-path.",
    );
  }
  const absolute = path.resolve(file);
  if (LOOPBACK.test(new URL(session.api.url).hostname) && (await canRead(probe, absolute))) return absolute;
  if (found.isDirectory()) {
    throw new Failure("BAD_USER_INPUT", `The folder "${file}" is not one that imports may read.`, {
      hint: "Start Palate with --import-folder FOLDER, or name the folder's files.",
    });
  }
  const name = path.basename(file);
  const location = await upload(session.api, file, (sent, total) => {
    progress.update(name, { fraction: total === 0 ? 1 : sent / total, doing: "uploading" });
  });
  progress.done(name, `uploaded, ${bytes(found.size)}`);
  return location;
}

/** Whether the services can read a path. Where they cannot the file is uploaded, which shows what else is wrong with it. */
async function canRead(probe: (location: string) => Promise<unknown>, location: string): Promise<boolean> {
  try {
    await probe(location);
    return true;
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.exitCode === ExitCode.FAILED) return false;
    throw thrown;
  }
}
