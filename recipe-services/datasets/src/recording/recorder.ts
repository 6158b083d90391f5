import type { GroupScope } from "@palate/host";
import type { Action, ActionInteraction, Interaction, Item, User } from "@palate/proto/dataset";
import { instruments, metricsState } from "@palate/telemetry";
import type { Recorded, Records } from "../group/commit-queue.js";
import type { Group } from "../group/group.js";
import type { Groups } from "../group/groups.js";
import { checkActions, checkItems, checkUsers } from "./check-attributes.js";
import { checkCount, sized } from "./check-records.js";
import { checkActionInteractions, checkInteractions } from "./check-events.js";

/** Kinds of records with what metrics call them. */
const KINDS = [
  ["interactions", "interactions"],
  ["items", "items"],
  ["users", "users"],
  ["actions", "actions"],
  ["actionInteractions", "action_interactions"],
] as const;

/** Records what is streamed in. Every call resolves once its records are durable. */
export class Recorder {
  readonly #groups: Groups;
  readonly #committed: (group: Group) => void;

  /** @param committed is told of every commit */
  constructor(groups: Groups, committed: (group: Group) => void) {
    this.#groups = groups;
    this.#committed = committed;
  }

  /**
   * Records interactions. The group may be named by its event tracker's tracking id.
   * @param isRetry whether an earlier attempt of the same call may have recorded them
   * @param scope groups that the caller may reach
   */
  async putEvents(
    groupOrTracker: string,
    interactions: readonly Interaction[],
    isRetry: boolean,
    scope?: GroupScope,
  ): Promise<Recorded> {
    const group = await this.#groups.openTracked(groupOrTracker, scope);
    const now = Math.floor(group.state.nowMs / 1000);
    const check = () => checkInteractions(group.name, group.state.manifest, interactions, now);
    return this.#record(group, () => ({ ...check(), isRetry }));
  }

  /** Adds or replaces items. */
  async putItems(groupName: string, items: readonly Item[]): Promise<Recorded> {
    const group = await this.#groups.open(groupName);
    return this.#record(group, () => checkItems(group.name, group.state.manifest, items));
  }

  /** Adds or replaces users. */
  async putUsers(groupName: string, users: readonly User[]): Promise<Recorded> {
    const group = await this.#groups.open(groupName);
    return this.#record(group, () => checkUsers(group.name, group.state.manifest, users));
  }

  /** Adds or replaces actions. */
  async putActions(groupName: string, actions: readonly Action[]): Promise<Recorded> {
    const group = await this.#groups.open(groupName);
    return this.#record(group, () => checkActions(group.name, group.state.manifest, actions));
  }

  /** Records what users did about actions, as {@link putEvents} does. */
  async putActionInteractions(
    groupOrTracker: string,
    interactions: readonly ActionInteraction[],
    isRetry: boolean,
    scope?: GroupScope,
  ): Promise<Recorded> {
    const group = await this.#groups.openTracked(groupOrTracker, scope);
    const now = Math.floor(group.state.nowMs / 1000);
    const check = () => checkActionInteractions(group.name, group.state.manifest, interactions, now);
    return this.#record(group, () => ({ ...check(), isRetry }));
  }

  /** The group that a name or an event tracker's tracking id means, for {@link recordEvents}; see {@link putEvents}. */
  open(groupOrTracker: string, scope?: GroupScope): Promise<Group> {
    return this.#groups.openTracked(groupOrTracker, scope);
  }

  /**
   * Records events of both kinds, all of them or none. Calls that follow one another are recorded in this order.
   * @throws PalateError as {@link putEvents} does, also when there are no events or too many
   */
  recordEvents(
    group: Group,
    interactions: readonly Interaction[],
    actionInteractions: readonly ActionInteraction[],
  ): Promise<Recorded> {
    const now = Math.floor(group.state.nowMs / 1000);
    return this.#record(group, () => {
      const { manifest } = group.state;
      checkCount(interactions.length + actionInteractions.length, "The message");
      const items = interactions.length > 0 && checkInteractions(group.name, manifest, interactions, now);
      const actions =
        actionInteractions.length > 0 && checkActionInteractions(group.name, manifest, actionInteractions, now);
      if (!items || !actions) return (items || actions) as Records;
      return {
        ...items,
        actionInteractions: actions.actionInteractions,
        bytes: sized(items.bytes + actions.bytes),
        check: (current) => {
          items.check(current);
          actions.check(current);
        },
      };
    });
  }

  async #record(group: Group, check: () => Records): Promise<Recorded> {
    let records: Records;
    try {
      records = check();
    } catch {
      // Another process may have changed the datasets since we last looked.
      await group.state.catchUp();
      records = check();
    }
    const recorded = await this.#commit(group, records);
    this.#committed(group);
    return recorded;
  }

  async #commit(group: Group, records: Records): Promise<Recorded> {
    if (!metricsState.on) return group.queue.commitRecords(records);
    const startedAt = performance.now();
    const settled = (outcome: string) =>
      instruments.acknowledgement.record((performance.now() - startedAt) / 1_000, undefined, outcome);
    try {
      const recorded = await group.queue.commitRecords(records);
      settled("ok");
      for (const [field, kind] of KINDS)
        if (records[field].length > 0) instruments.records.add(records[field].length, group.name, kind);
      return recorded;
    } catch (thrown) {
      settled("failed");
      throw thrown;
    }
  }
}
