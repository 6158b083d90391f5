/** Runs the steps of a command and tells the user what is going on: one line a step, growing time in a terminal. */
import { spawn } from "node:child_process";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { clearInterval, setInterval } from "node:timers";

const live = process.stderr.isTTY === true && process.env.CI === undefined;

/**
 * Runs a program without showing its output.
 * @param options `cwd`, extra `env`
 * @returns its exit code and everything it printed
 */
export function capture(command, args, { cwd, env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.on("error", (error) => reject(new Error(`${command} could not be started: ${error.message}`)));
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Runs a program that writes straight to the terminal; resolves to its exit code. */
export function show(command, args, { cwd, env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: "inherit" });
    child.on("error", (error) => reject(new Error(`${command} could not be started: ${error.message}`)));
    child.on("close", (code) => resolve(code ?? 1));
  });
}

/** Shows `title` while `work` runs, then how long it took. */
export async function step(title, work) {
  const started = performance.now();
  const seconds = () => ((performance.now() - started) / 1000).toFixed(0);
  const timer = live && setInterval(() => process.stderr.write(`\r  ${title} … ${seconds()} s `), 250);
  if (!live) process.stderr.write(`  ${title} …\n`);
  try {
    const result = await work();
    process.stderr.write(live ? `\r  ${title}: ${seconds()} s   \n` : `  ${title}: ${seconds()} s\n`);
    return result;
  } catch (error) {
    if (live) process.stderr.write("\n");
    throw error;
  } finally {
    if (timer) clearInterval(timer);
  }
}

/**
 * Runs a program as a step; throws with the end of its output when it fails. `hint` says what to do then.
 * @param options `quiet`: the user is told only where it fails
 */
export function runStep(title, command, args, { hint = "", quiet = false, ...options } = {}) {
  const run = async () => {
    const { code, output } = await capture(command, args, options);
    if (code === 0) return output;
    const tail = output.trim().split("\n").slice(-25).join("\n");
    throw new Error(`"${command} ${args.join(" ")}" ended with code ${code}. ${hint}\n${tail}`);
  };
  return quiet ? run() : step(title, run);
}
