import type { ReplicaView } from "@palate/recipe";
import { versionKey, type Catalog, type VersionDocument } from "@palate/store";
import { instruments } from "@palate/telemetry";
import type { LoadedModel, ServingHub } from "../serving/serving-hub.js";

/** A campaign that answers, with what is known of its model. */
interface Served {
  readonly labels: readonly [datasetGroup: string, campaign: string];
  readonly loaded: LoadedModel;
  readonly solution: string;
  readonly version: VersionDocument | undefined;
}

function* servedBy(catalog: Catalog, hub: ServingHub): Generator<Served> {
  for (const { datasetGroup, name, solution } of catalog.campaigns.values()) {
    const loaded = hub.peek(datasetGroup, name);
    if (loaded === undefined) continue;
    const version = catalog.versions.get(versionKey(datasetGroup, solution, loaded.versionId));
    yield { labels: [datasetGroup, name], loaded, solution, version };
  }
}

/** Tells of the models and the data that a service answers from, whenever metrics are read, until the returned function is called. */
export function observeServing(catalog: Catalog, hub: ServingHub): () => void {
  const served = () => servedBy(catalog, hub);
  const stops = [
    instruments.modelAge.observe((tell) => {
      for (const { labels, version } of served())
        if (version) tell((Date.now() - version.createdAt) / 1_000, ...labels);
    }),
    instruments.modelInfo.observe((tell) => {
      for (const { labels, loaded, solution } of served()) {
        const { descriptor, versionId, checkpoint } = loaded;
        tell(1, ...labels, descriptor.name, solution, versionId, String(checkpoint));
      }
    }),
    instruments.offlineQuality.observe((tell) => {
      for (const { labels, loaded, version } of served()) {
        const checkpoints = version ? catalog.checkpointsOf(version._id) : [];
        const { metrics = {} } = checkpoints[loaded.checkpoint - 1] ?? {};
        for (const [metric, value] of Object.entries(metrics)) tell(value, ...labels, metric);
      }
    }),
    instruments.drift.observe((tell) => {
      for (const { labels, loaded, version } of served()) {
        const trained = version && catalog.results.get(version._id)?.statistics;
        if (trained === undefined) continue;
        tell(unseenShare(trained.items, loaded.replica.itemCount), ...labels, "items");
        tell(unseenShare(trained.users, usersWithHistory(loaded.replica)), ...labels, "users");
      }
    }),
    instruments.replicaLag.observe((tell) => {
      for (const [group, replica] of hub.replicas()) tell(replica.dataAgeMs() / 1_000, group);
    }),
    instruments.replicaItems.observe((tell) => {
      for (const [group, replica] of hub.replicas()) tell(replica.itemCount, group);
    }),
    instruments.replicaUsers.observe((tell) => {
      for (const [group, replica] of hub.replicas()) tell(replica.userCount, group);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** Users that have interactions, as trainings count them. */
function usersWithHistory(replica: ReplicaView): number {
  let users = 0;
  for (const length of replica.historyRows().lengths) if (length > 0) users++;
  return users;
}

/** How large a share of `now` came after there were `trained`; 0 where there are fewer. */
function unseenShare(trained: number, now: number): number {
  return now > trained ? (now - trained) / now : 0;
}
