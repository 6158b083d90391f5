/** Runs other programs, with an error that says what to do when one is missing or fails. */
import { spawn } from "node:child_process";
import process from "node:process";

/**
 * Runs a command and resolves to what it printed.
 * @param options `cwd`, extra `env`, and `hint`: the sentence added when it fails
 */
export function run(command, args, { cwd, env, hint } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.on("error", (error) => reject(new Error(`${command} could not be started: ${error.message}`)));
    child.on("close", (code) => {
      if (code === 0) return resolve(output);
      const tail = output.trim().split("\n").slice(-15).join("\n");
      reject(new Error(`${command} ${args.join(" ")} ended with code ${code}. ${hint ?? ""}\n${tail}`));
    });
  });
}

/** True when the command can be started and exits with 0. */
export async function works(command, args) {
  return run(command, args).then(
    () => true,
    () => false,
  );
}
