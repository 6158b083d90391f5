import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningGateway } from "@palate/gateway";
import { ask, gatewayWith } from "./gateway-client.js";
import { MemoryDatasets } from "./gateway-datasets.js";
import { MemoryRecipeService } from "./gateway-recipes.js";

/** The gateway alone against in-memory services over real gRPC: resources and mutations. */
describe("gateway", () => {
  let datasets: MemoryDatasets;
  let sims: MemoryRecipeService;
  let popular: MemoryRecipeService;
  let gateway: RunningGateway;

  beforeAll(async () => {
    datasets = await new MemoryDatasets().start();
    sims = await new MemoryRecipeService("sims", "aws-sims").start();
    popular = await new MemoryRecipeService("popularity", "aws-popularity-count").start();
    sims.addCampaign("shop", "similar");
    gateway = await gatewayWith({
      PALATE_DATASETS_ADDRESS: datasets.address,
      PALATE_RECIPE_SERVICES: `${sims.address},${popular.address}`,
    });
  });
  afterAll(async () => {
    await gateway.close();
    await Promise.all([datasets.stop(), sims.stop(), popular.stop()]);
  });

  describe("resources", () => {
    it("go from a dataset group to a campaign that answers, by Amazon's nouns and statuses", async () => {
      const group = "tour";
      const created = await ask(
        gateway,
        `mutation {
          createDatasetGroup(input: { name: "${group}" }) { datasetGroup { id name status createdAt } userErrors { message } }
          createSchema(input: { name: "${group}-i", schema: "{}", datasetType: INTERACTIONS }) { schema { datasetType } userErrors { message } }
          createDataset(input: { datasetGroup: "${group}", name: "i", datasetType: INTERACTIONS, schemaName: "${group}-i" }) {
            dataset { status statistics { importedRows bytes } } userErrors { message }
          }
          createImportJob(input: { datasetGroup: "${group}", jobName: "j", datasetType: INTERACTIONS, location: "upload://1" }) {
            importJob { status importMode progress } userErrors { message }
          }
          createEventTracker(input: { datasetGroup: "${group}", name: "t" }) { eventTracker { trackingId } userErrors { message } }
        }`,
      );
      expect(created.errors).toEqual([]);
      expect(created.data.createDatasetGroup.datasetGroup).toMatchObject({
        name: group,
        status: "ACTIVE",
        createdAt: "2023-11-14T22:13:20.000Z",
      });
      expect(created.data.createDataset.dataset.statistics).toEqual({ importedRows: 3e9, bytes: 9e9 });
      expect(created.data.createImportJob.importJob).toEqual({
        status: "CREATE IN_PROGRESS",
        importMode: "FULL",
        progress: 0.5,
      });

      const trained = await ask(
        gateway,
        `mutation {
          createSolution(input: { datasetGroup: "${group}", name: "like", recipe: "arn:aws:personalize:::recipe/aws-sims", hyperparameters: { popularity_discount_factor: 0.25 } }) {
            solution { recipe hyperparameters { name value } } userErrors { message }
          }
          createSolutionVersion(input: { datasetGroup: "${group}", solution: "like" }) { solutionVersion { versionId status seed } userErrors { message } }
          createCampaign(input: { datasetGroup: "${group}", name: "like-now", solution: "like" }) { campaign { versionId servingVersionId status } userErrors { message } }
        }`,
      );
      expect(trained.errors).toEqual([]);
      expect(trained.data.createSolution.solution).toEqual({
        recipe: "aws-sims",
        hyperparameters: [{ name: "popularity_discount_factor", value: "0.25" }],
      });
      expect(trained.data.createSolutionVersion.solutionVersion).toMatchObject({
        status: "CREATE IN_PROGRESS",
        seed: 42,
      });
      expect(trained.data.createCampaign.campaign).toMatchObject({ versionId: "$LATEST", servingVersionId: null });

      const { data, errors } = await ask(
        gateway,
        `{
          datasetGroup(name: "${group}") {
            datasets { totalCount nodes { datasetType } }
            importJobs { nodes { jobName } }
            solutions { nodes { name latestVersion { versionId } versions { totalCount } } }
            campaigns { nodes { name recipeType } }
          }
          recommendations(datasetGroup: "${group}", campaign: "like-now", itemId: "x", first: 1) { nodes { itemId } }
        }`,
      );
      expect(errors).toEqual([]);
      expect(data.datasetGroup).toEqual({
        datasets: { totalCount: 1, nodes: [{ datasetType: "INTERACTIONS" }] },
        importJobs: { nodes: [{ jobName: "j" }] },
        solutions: {
          nodes: [
            {
              name: "like",
              latestVersion: { versionId: trained.data.createSolutionVersion.solutionVersion.versionId },
              versions: { totalCount: 1 },
            },
          ],
        },
        campaigns: { nodes: [{ name: "like-now", recipeType: "RELATED_ITEMS" }] },
      });
      expect(data.recommendations.nodes).toEqual([{ itemId: "item-1" }]);
    });

    it("take a mapping of an import, and give it back", async () => {
      const imported = await ask(
        gateway,
        `mutation {
          createImportJob(input: { datasetGroup: "mapped", jobName: "mapped", datasetType: INTERACTIONS, location: "upload://2", mapping: {
            csv: { delimiter: "::", names: ["u", "i", "r", "t"], quote: "" },
            columns: [
              { name: "USER_ID", from: ["u"] },
              { name: "EVENT_TYPE", constant: "rate", rules: [{ atLeast: 4, value: "like" }, { equals: "0", value: "" }] },
              { name: "TIMESTAMP", from: ["t", "#4"], time: { unit: MILLISECONDS, zone: null } }
            ],
            rowFilter: "r <> '3'", ignoredColumns: ["r"], nullValues: ["NULL"], trim: true
          } }) {
            importJob {
              mapping {
                format csv { delimiter header names quote comment }
                columns { name from constant time { unit formats zone } rules { equals atLeast value } }
                rowFilter ignoredColumns nullValues trim refuseUnknownColumns explode { list }
              }
              ignoredColumns filteredRows notes
            }
            userErrors { message }
          }
        }`,
      );
      expect(imported.errors).toEqual([]);
      const like = { equals: null, atLeast: 4, value: "like" };
      expect(imported.data.createImportJob.importJob).toEqual({
        mapping: {
          format: null,
          csv: { delimiter: "::", header: null, names: ["u", "i", "r", "t"], quote: "", comment: "" },
          columns: [
            { name: "USER_ID", from: ["u"], constant: null, time: null, rules: [] },
            {
              name: "EVENT_TYPE",
              from: [],
              constant: "rate",
              time: null,
              rules: [like, { equals: "0", atLeast: null, value: "" }],
            },
            {
              name: "TIMESTAMP",
              from: ["t", "#4"],
              constant: null,
              time: { unit: "MILLISECONDS", formats: [], zone: "" },
              rules: [],
            },
          ],
          rowFilter: "r <> '3'",
          ignoredColumns: ["r"],
          nullValues: ["NULL"],
          trim: true,
          refuseUnknownColumns: false,
          explode: null,
        },
        ignoredColumns: [],
        filteredRows: 0,
        notes: [],
      });
    });

    it("are null, not errors, when there are none of that name", async () => {
      const { data, errors } = await ask(
        gateway,
        `{ datasetGroup(name: "nope") { name } schema(name: "nope") { name } recipe(name: "nope") { name }
           solution(datasetGroup: "nope", name: "nope") { name } campaign(datasetGroup: "nope", name: "nope") { name }
           solutionVersion(datasetGroup: "nope", solution: "nope") { versionId }
           importJob(datasetGroup: "nope", jobName: "nope") { jobName } dataset(datasetGroup: "nope", datasetType: ITEMS) { name } }`,
      );
      expect(errors).toEqual([]);
      expect(Object.values(data)).toEqual(Array(8).fill(null));
    });

    it("page through a list that the service itself gives in pages", async () => {
      const names = ["page-a", "page-b", "page-c", "page-d", "page-e"];
      for (const name of names)
        await ask(gateway, `mutation { createDatasetGroup(input: { name: "${name}" }) { userErrors { message } } }`);
      const found: string[] = [];
      let after: string | null = null;
      do {
        const { data } = await ask(
          gateway,
          "query ($after: String) { datasetGroups(first: 2, after: $after) { edges { cursor node { name } } pageInfo { hasNextPage endCursor } totalCount } }",
          { after },
        );
        const { edges, pageInfo, totalCount } = data.datasetGroups;
        expect(edges.length).toBeLessThanOrEqual(2);
        expect(totalCount).toBeGreaterThanOrEqual(names.length);
        found.push(...edges.map((edge: { node: { name: string } }) => edge.node.name));
        after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
      } while (after !== null);
      expect(found.filter((name) => name.startsWith("page-"))).toEqual(names);
      expect(new Set(found).size).toBe(found.length);
    });

    it("can be asked for again by their id", async () => {
      const { data } = await ask(
        gateway,
        '{ recommendations(datasetGroup: "shop", campaign: "similar", first: 1) { nodes { id } } recipe(name: "aws-sims") { id } campaign(datasetGroup: "shop", name: "similar") { id } }',
      );
      const ids = [data.recommendations.nodes[0].id, data.recipe.id, data.campaign.id];
      const nodes = await Promise.all(
        ids.map((id) =>
          ask(
            gateway,
            "query ($id: ID!) { node(id: $id) { __typename id ... on Item { itemId } ... on Recipe { name } ... on Campaign { name } } }",
            { id },
          ),
        ),
      );
      expect(nodes.map((answer) => answer.data.node)).toEqual([
        { __typename: "Item", id: ids[0], itemId: "item-1" },
        { __typename: "Recipe", id: ids[1], name: "aws-sims" },
        { __typename: "Campaign", id: ids[2], name: "similar" },
      ]);
      const wrong = await ask(gateway, '{ node(id: "!!") { id } }');
      expect(wrong.errors[0]?.extensions.code).toBe("BAD_USER_INPUT");
    });

    it("describe every recipe's hyperparameters, whichever service offers it", async () => {
      const { data } = await ask(
        gateway,
        "{ recipes { totalCount nodes { name arn type service requiresItem hyperparameters { name type defaultValue minimum maximum description } } } }",
      );
      expect(data.recipes.totalCount).toBe(2);
      expect(data.recipes.nodes.map((recipe: { name: string }) => recipe.name)).toEqual([
        "aws-popularity-count",
        "aws-sims",
      ]);
      expect(data.recipes.nodes[1]).toEqual({
        name: "aws-sims",
        arn: "arn:aws:personalize:::recipe/aws-sims",
        type: "RELATED_ITEMS",
        service: "sims",
        requiresItem: true,
        hyperparameters: [
          {
            name: "popularity_discount_factor",
            type: "CONTINUOUS",
            defaultValue: "0.5",
            minimum: 0,
            maximum: 1,
            description: "How much popularity counts.",
          },
        ],
      });
    });
  });

  describe("mutations", () => {
    it("answer what the caller can put right as userErrors", async () => {
      const { data, errors, status } = await ask(
        gateway,
        `mutation {
          bad: createDatasetGroup(input: { name: "-" }) { datasetGroup { name } userErrors { field message code } }
          first: createDatasetGroup(input: { name: "twice" }) { userErrors { code } }
          again: createDatasetGroup(input: { name: "twice" }) { userErrors { field message code } }
          gone: deleteSchema(name: "nope") { deleted userErrors { code } }
          recipe: createSolution(input: { datasetGroup: "shop", name: "s", recipe: "aws-none" }) { userErrors { field message code } }
          hyper: createSolution(input: { datasetGroup: "shop", name: "s", recipe: "aws-sims", hyperparameters: { depth: 3 } }) { userErrors { field code } }
        }`,
      );
      expect({ errors, status }).toEqual({ errors: [], status: 200 });
      expect(data.bad).toEqual({
        datasetGroup: null,
        userErrors: [{ field: "name", message: '"-" must start with a letter or digit.', code: "BAD_USER_INPUT" }],
      });
      expect(data.first.userErrors).toEqual([]);
      expect(data.again.userErrors).toEqual([
        {
          field: null,
          message: 'A dataset group named "twice" exists already; choose another name.',
          code: "ALREADY_EXISTS",
        },
      ]);
      expect(data.gone).toEqual({ deleted: null, userErrors: [{ code: "NOT_FOUND" }] });
      expect(data.recipe.userErrors[0]).toMatchObject({ field: "recipe", code: "BAD_USER_INPUT" });
      expect(data.recipe.userErrors[0].message).toContain("aws-popularity-count, aws-sims");
      expect(data.hyper.userErrors).toEqual([{ field: "hyperparameters.depth", code: "BAD_USER_INPUT" }]);
    });

    it("refuse what has to wait, and do it when told to", async () => {
      await ask(
        gateway,
        `mutation { createDatasetGroup(input: { name: "busy" }) { userErrors { code } }
          createDataset(input: { datasetGroup: "busy", name: "i", datasetType: ITEMS, schemaName: "s" }) { userErrors { code } } }`,
      );
      const remove = (force: boolean) =>
        ask(
          gateway,
          "mutation ($input: DeleteDatasetGroupInput!) { deleteDatasetGroup(input: $input) { deleted userErrors { code } } }",
          { input: { name: "busy", force } },
        );
      expect((await remove(false)).data.deleteDatasetGroup).toEqual({
        deleted: null,
        userErrors: [{ code: "FAILED_PRECONDITION" }],
      });
      expect((await remove(true)).data.deleteDatasetGroup).toEqual({ deleted: true, userErrors: [] });
    });

    it("keep names unique over all recipe services", async () => {
      const solution = (recipe: string) =>
        ask(
          gateway,
          `mutation { createSolution(input: { datasetGroup: "uni", name: "one", recipe: "${recipe}" }) { userErrors { code message } } }`,
        );
      expect((await solution("aws-sims")).data.createSolution.userErrors).toEqual([]);
      expect((await solution("aws-popularity-count")).data.createSolution.userErrors).toMatchObject([
        { code: "ALREADY_EXISTS" },
      ]);
      popular.addCampaign("uni", "taken");
      const campaign = await ask(
        gateway,
        'mutation { createCampaign(input: { datasetGroup: "uni", name: "taken", solution: "one" }) { userErrors { code } } }',
      );
      expect(campaign.data.createCampaign.userErrors).toEqual([{ code: "ALREADY_EXISTS" }]);
    });

    it("send records with times in seconds and properties as JSON", async () => {
      const { data, errors } = await ask(
        gateway,
        `mutation ($events: PutEventsInput!, $items: PutItemsInput!) {
          putEvents(input: $events) { recorded cursor userErrors { code } } putItems(input: $items) { cursor userErrors { code } } }`,
        {
          events: {
            datasetGroup: "shop",
            interactions: [
              { userId: 7, itemId: "a", timestamp: "2024-05-01T12:00:00Z", eventType: "click", properties: { QTY: 2 } },
              { sessionId: "s", itemId: "b", eventValue: 1.5, impression: ["a", "b"] },
            ],
          },
          items: { datasetGroup: "shop", items: [{ itemId: "a", properties: { PRICE: 3.5, NAME: "Ä" } }] },
        },
      );
      expect(errors).toEqual([]);
      expect(data.putEvents).toEqual({ recorded: 2, cursor: "c1", userErrors: [] });
      expect(datasets.events.at(-1)?.interactions).toMatchObject([
        { userId: "7", itemId: "a", timestamp: 1714564800, eventType: "click", properties: '{"QTY":2}' },
        { userId: "", sessionId: "s", itemId: "b", timestamp: 0, eventValue: 1.5, impression: ["a", "b"] },
      ]);
      expect(datasets.items.at(-1)?.items).toEqual([{ itemId: "a", properties: '{"PRICE":3.5,"NAME":"Ä"}' }]);
    });

    it("make failures that the caller cannot put right top-level errors", async () => {
      const { data, errors } = await ask(
        gateway,
        'mutation { putEvents(input: { datasetGroup: "full", interactions: [{ itemId: "a" }] }) { recorded userErrors { code } } }',
      );
      expect(data).toEqual({ putEvents: null });
      expect(errors[0]).toMatchObject({
        message: "The database does not answer; nothing was recorded.",
        path: ["putEvents"],
        extensions: { code: "UNAVAILABLE", retryable: true, service: "datasets" },
      });
    });
  });
});
