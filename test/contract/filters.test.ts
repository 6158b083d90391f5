import { createClient, streamCall, unaryCall } from "@palate/host";
import { GraphqlClient } from "@palate/local";
import { Interaction, Item } from "@palate/proto/dataset";
import {
  CreateBatchJobRequest,
  ExplainFilterRequest,
  GetRecommendationsRequest,
  GetSegmentRequest,
  Promotion,
  PromotionPlacement,
  Reason,
  RecipeServiceClient,
  RecommendationServiceClient,
  ResourceStatus,
  SeenItems,
} from "@palate/proto/recipe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFilmShop, RULES, serve, SHOP, type FilterRule } from "../support/film-shop.js";
import { eventually, startPalate, type TestPalate } from "../support/palate.js";

const GROUP = "films";
const POPULAR = "aws-popularity-count";
const AFFINITY = "aws-item-affinity";
const ALL = SHOP.names.ItemID;

/** Filters from the datasets service to the answers, over real gRPC and GraphQL with all services running. */
describe("filters", () => {
  let palate: TestPalate;
  let items: RecommendationServiceClient;
  let users: RecommendationServiceClient;
  let graphql: GraphqlClient;

  const recommend = (request: object) =>
    unaryCall(
      items,
      items.getRecommendations,
      GetRecommendationsRequest.fromPartial({
        ...{ datasetGroup: GROUP, campaign: POPULAR, userId: "ann", numResults: 100, timestamp: SHOP.now },
        seenItems: SeenItems.SEEN_ITEMS_INCLUDE,
        ...request,
      }),
    );
  const segment = async (request: object): Promise<string[]> => {
    const whole = { datasetGroup: GROUP, campaign: AFFINITY, itemId: "nothing", timestamp: SHOP.now, ...request };
    const found: string[] = [];
    for await (const { userIds } of streamCall(users, users.getSegment, GetSegmentRequest.fromPartial(whole)))
      found.push(...userIds);
    return found;
  };
  const explain = async (request: object) => {
    const whole = { datasetGroup: GROUP, campaign: POPULAR, userId: "ann", timestamp: SHOP.now, ...request };
    return (await unaryCall(items, items.explainFilter, ExplainFilterRequest.fromPartial(whole))).verdicts;
  };
  const only = (filterExpression: string) => recommend({ filterExpression }).then(({ itemIds }) => itemIds.toSorted());

  beforeAll(async () => {
    palate = await startPalate(["datasets", "popularity", "segments", "gateway"]);
    items = createClient(RecommendationServiceClient, palate.supervisor.address("popularity"));
    users = createClient(RecommendationServiceClient, palate.supervisor.address("segments"));
    graphql = new GraphqlClient(palate.supervisor.gatewayUrl);
    await createFilmShop(palate, GROUP);
    await Promise.all([serve(palate, "popularity", GROUP, POPULAR), serve(palate, "segments", GROUP, AFFINITY)]);
  }, 300_000);
  afterAll(async () => {
    items?.close();
    users?.close();
    await palate?.stop();
  });

  describe("the table of rules", () => {
    const fieldsOf = ({ filter, values = {}, user = "ann", item = "nothing" }: FilterRule) => ({
      ...{ filterExpression: filter, filterValues: values, userId: user, itemId: item },
    });
    const target = ({ filter }: FilterRule) => /^\w+ (\w+)/.exec(filter)![1]!.toLowerCase();
    const ofItems = RULES.filter((rule) => target(rule) === "itemid");
    const ofUsers = RULES.filter((rule) => target(rule) === "userid");
    const ids = { itemid: ALL, userid: SHOP.names.UserID, actionid: SHOP.names.ActionID };

    it("has rules of every kind", () => {
      expect(ofItems.length).toBeGreaterThan(50);
      expect(ofUsers.length).toBeGreaterThan(3);
    });

    it.each(ofItems)("in a recommendation, $rule: $filter keeps $keeps", async (rule) => {
      const { itemIds } = await recommend(fieldsOf(rule));
      expect(itemIds.toSorted().join(" ")).toBe(rule.keeps.split(" ").toSorted().join(" "));
    });

    it("in batches of questions, each rule as in a recommendation", async () => {
      const recipes = createClient(RecipeServiceClient, palate.supervisor.address("popularity"));
      const jobs = ofItems.map((rule, index) => ({ rule, key: { datasetGroup: GROUP, jobName: `rule-${index}` } }));
      const create = ({ rule, key }: (typeof jobs)[number]) => {
        const { filterExpression, filterValues, userId, itemId } = fieldsOf(rule);
        const recommendations = { filterExpression, timestamp: SHOP.now, numResults: 100, seenItems: 2 };
        const input = Buffer.from(`${JSON.stringify({ userId, itemId, filterValues })}\n`);
        const request = CreateBatchJobRequest.fromPartial({ ...key, solution: POPULAR, input, recommendations });
        return unaryCall(recipes, recipes.createBatchJob, request);
      };
      try {
        for (const job of jobs) await create(job);
        for (const { rule, key } of jobs) {
          await eventually(async () => {
            const { batchJob } = await unaryCall(recipes, recipes.getBatchJob, key);
            return batchJob!.status === ResourceStatus.RESOURCE_STATUS_ACTIVE;
          });
          const chunks: Buffer[] = [];
          for await (const { data } of streamCall(recipes, recipes.readBatchJobOutput, key)) chunks.push(data);
          const { output, error } = JSON.parse(Buffer.concat(chunks).toString()) as {
            output: { recommendedItems: string[] } | null;
            error: string | null;
          };
          expect(error, rule.filter).toBeNull();
          expect(output!.recommendedItems.toSorted(), rule.filter).toEqual(
            rule.keeps.split(" ").filter(Boolean).toSorted(),
          );
        }
      } finally {
        recipes.close();
      }
    }, 120_000);

    it.each(ofUsers)("in a segment, $rule: $filter keeps $keeps", async (rule) => {
      const { filterExpression, filterValues } = fieldsOf(rule);
      const found = (await segment({ filterExpression, filterValues })).filter((user) => user !== "eve");
      // Of an item that nobody knows the segment is everybody who did anything, which cid never did.
      const expected = rule.keeps.split(" ").filter((user) => user !== "cid");
      expect(found.toSorted()).toEqual(expected.toSorted());
    });

    it.each(RULES)("in an explanation, $rule: $filter keeps $keeps", async (rule) => {
      const verdicts = await explain({ ...fieldsOf(rule), ids: [...ids[target(rule) as keyof typeof ids]] });
      const allowed = verdicts.filter((verdict) => verdict.allowed).map(({ id }) => id);
      expect(allowed.join(" ")).toBe(rule.keeps);
      for (const { explanation, allowed } of verdicts) expect(explanation.startsWith("Let through.")).toBe(allowed);
    });
  });

  describe("as resources", () => {
    const { run } = {
      run: <T>(document: string, variables: object = {}) =>
        graphql.run<T>(document, variables as Record<string, unknown>),
    };
    const FIELDS =
      "name version expression target parameters { name required } versions { version expression } problems { message }";
    const mutate = (mutation: "createFilter" | "updateFilter", name: string, expression: string, more: object = {}) =>
      run<Record<string, { filter: Record<string, unknown> | null; userErrors: { field: string; message: string }[] }>>(
        `mutation ($input: ${mutation === "createFilter" ? "CreateFilterInput" : "UpdateFilterInput"}!) {
          ${mutation}(input: $input) { filter { ${FIELDS} } userErrors { field message } } }`,
        { input: { datasetGroup: GROUP, name, expression, ...more } },
      ).then((data) => data[mutation]!);

    it("can be used the moment they are there, by name and with values", async () => {
      const created = await mutate("createFilter", "by-genre", "INCLUDE ItemID WHERE Items.GENRE IN ($GENRE)");
      expect(created.userErrors).toEqual([]);
      expect(created.filter).toMatchObject({
        ...{ name: "by-genre", version: 1, target: "ItemID" },
        parameters: [{ name: "GENRE", required: true }],
      });
      const answer = await recommend({ filter: "by-genre", filterValues: { GENRE: '"horror"' } });
      expect(answer.itemIds.toSorted()).toEqual(["alien", "shining"]);
      const data = await run<{ recommendations: { nodes: { itemId: string }[] } }>(
        `{ recommendations(datasetGroup: "${GROUP}", campaign: "${POPULAR}", first: 10, filter: "by-genre",
             filterValues: [{ name: "GENRE", values: ["family", "sci-fi"] }]) { nodes { itemId } } }`,
      );
      expect(data.recommendations.nodes.map(({ itemId }) => itemId).toSorted()).toEqual(["alien", "toystory"]);
    });

    it("are refused with the place of every problem", async () => {
      const wrong = await mutate("createFilter", "wrong", 'INCLUDE ItemID WHERE Items.GENER = 1 AND Items.YEAR > "x"');
      expect(wrong.filter).toBeNull();
      expect(wrong.userErrors).toEqual([
        { field: "line 1, column 22", message: expect.stringContaining("GENRE") },
        { field: expect.stringContaining("line 1"), message: expect.stringContaining("number") },
      ]);
      const data = await run<{ checkFilter: Record<string, unknown> }>(
        `{ checkFilter(datasetGroup: "${GROUP}", expression: "include itemid where items.genre in ($G)") {
             target canonical parameters { name } problems { message line column } } }`,
      );
      expect(data.checkFilter).toEqual({
        target: "ItemID",
        canonical: "INCLUDE ItemID WHERE Items.genre IN ($G)",
        parameters: [{ name: "G" }],
        problems: [],
      });
      const broken = await run<{ checkFilter: { problems: unknown[] } }>(
        `{ checkFilter(datasetGroup: "${GROUP}", expression: "INCLUDE ItemID") { problems { message line column } } }`,
      );
      expect(broken.checkFilter.problems).toEqual([{ message: expect.any(String), line: 1, column: 15 }]);
      expect(await mutate("createFilter", "by-genre", "INCLUDE ItemID WHERE Items.YEAR > 1")).toMatchObject({
        userErrors: [{ message: expect.stringContaining("exists already") }],
      });
    });

    it("are edited in versions, which every answer follows", async () => {
      await mutate("createFilter", "edited", "INCLUDE ItemID WHERE Items.YEAR = 1979");
      expect((await recommend({ filter: "edited" })).itemIds).toEqual(["alien"]);
      const edited = await mutate("updateFilter", "edited", "INCLUDE ItemID WHERE Items.YEAR = 1995");
      expect(edited.filter).toMatchObject({
        version: 2,
        versions: [
          { version: 2, expression: "INCLUDE ItemID WHERE Items.YEAR = 1995" },
          { version: 1, expression: "INCLUDE ItemID WHERE Items.YEAR = 1979" },
        ],
      });
      await eventually(async () => (await recommend({ filter: "edited" })).itemIds.join() === "toystory", 5_000);
      const again = await mutate("updateFilter", "edited", "INCLUDE ItemID WHERE Items.YEAR = 1995");
      expect(again.filter).toMatchObject({ version: 2 });
      const late = await mutate("updateFilter", "edited", "INCLUDE ItemID WHERE Items.YEAR = 1", {
        expectedVersion: 1,
      });
      expect(late.userErrors).toEqual([{ field: null, message: expect.stringContaining("version 2, not 1") }]);
      const other = await mutate("updateFilter", "edited", "INCLUDE UserID WHERE Users.AGE > 1");
      expect(other.userErrors[0]!.message).toContain("selects ItemID");
    });

    it("are listed by name, found by id, and deleted", async () => {
      await mutate("createFilter", "a-first", "EXCLUDE ItemID WHERE Items.YEAR = 1");
      const listed = await run<{ filters: { nodes: { id: string; name: string }[]; totalCount: number } }>(
        `{ filters(datasetGroup: "${GROUP}") { nodes { id name } totalCount } }`,
      );
      const names = listed.filters.nodes.map(({ name }) => name);
      expect(names).toEqual(names.toSorted());
      expect(names).toContain("by-genre");
      const found = await run<{ node: unknown; datasetGroup: { filters: { totalCount: number } } }>(
        `query ($id: ID!) { node(id: $id) { ... on Filter { name } }
           datasetGroup(name: "${GROUP}") { filters { totalCount } } }`,
        { id: listed.filters.nodes[0]!.id },
      );
      expect(found.node).toEqual({ name: "a-first" });
      expect(found.datasetGroup.filters.totalCount).toBe(names.length);
      await recommend({ filter: "a-first" });
      await run(`mutation { deleteFilter(datasetGroup: "${GROUP}", name: "a-first") { deleted } }`);
      const gone = () =>
        recommend({ filter: "a-first" }).then(
          () => false,
          (error: { code: string }) => error.code === "not_found",
        );
      await eventually(gone, 5_000);
      const none = await run<{ filter: unknown }>(`{ filter(datasetGroup: "${GROUP}", name: "a-first") { name } }`);
      expect(none.filter).toBeNull();
    });
  });

  it("say what is wrong with a request", async () => {
    const cases: [object, string, string][] = [
      [{ filter: "nothing" }, "not_found", 'no filter "nothing"'],
      [{ filter: "x", filterExpression: "y" }, "invalid_argument", "cannot stand beside filter"],
      [{ filterValues: { A: "1" } }, "invalid_argument", "the request has no filter"],
      [{ filterExpression: "INCLUDE ItemID WHERE Items.YEAR = $Y" }, "invalid_argument", "$Y"],
      [{ filterExpression: "INCLUDE UserID WHERE Users.AGE > 1" }, "invalid_argument", "selects UserID"],
      [{ filterExpression: "INCLUDE ItemID WHERE Items.NONE > 1" }, "invalid_argument", "no column NONE"],
      [
        { userId: "", filterExpression: 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")' },
        "invalid_argument",
        "user_id is required",
      ],
      [
        { filterExpression: "INCLUDE ItemID WHERE Items.YEAR = CurrentItem.YEAR" },
        "invalid_argument",
        "item_id is required",
      ],
    ];
    for (const [request, code, message] of cases) {
      await expect(recommend(request)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    }
  });

  it("count what was acknowledged a moment ago: events, items, and columns of both", async () => {
    const { datasets } = palate;
    const bought = 'INCLUDE ItemID WHERE Interactions.EVENT_TYPE = "gift" AND Interactions.EVENT_VALUE >= 0.3';
    expect(await only(bought)).toEqual([]);
    const event = { userId: "ann", itemId: "amelie", eventType: "Gift", eventValue: 0.3, timestamp: SHOP.now };
    const interactions = [Interaction.fromPartial(event)];
    await unaryCall(datasets, datasets.putEvents, { datasetGroup: GROUP, interactions });
    await eventually(async () => (await only(bought)).join() === "amelie", 5_000);
    const added = [
      Item.create({ itemId: "newest", properties: JSON.stringify({ GENRE: "western|comedy", YEAR: 2030 }) }),
    ];
    await unaryCall(datasets, datasets.putItems, { datasetGroup: GROUP, items: added });
    const chosen = [Interaction.fromPartial({ userId: "eve", itemId: "newest", timestamp: SHOP.now })];
    await unaryCall(datasets, datasets.putEvents, { datasetGroup: GROUP, interactions: chosen });
    const western = 'INCLUDE ItemID WHERE Items.GENRE = "western"';
    await eventually(async () => (await only(western)).join() === "newest", 5_000);
    const changed = [Item.create({ itemId: "newest", properties: JSON.stringify({ GENRE: "noir" }) })];
    await unaryCall(datasets, datasets.putItems, { datasetGroup: GROUP, items: changed });
    await eventually(async () => (await only(western)).length === 0, 5_000);
  });

  it("leave full answers, beside what the user has seen", async () => {
    const seen = SeenItems.SEEN_ITEMS_EXCLUDE;
    const filterExpression = "INCLUDE ItemID WHERE Items.YEAR > 1900";
    const answer = await recommend({ filterExpression, seenItems: seen, userId: "bob", numResults: 2 });
    expect(answer.itemIds).toHaveLength(2);
    expect(answer.itemIds).not.toContain("amelie");
    expect(answer.hasMore).toBe(true);
  });

  describe("promotions", () => {
    const comedy = Promotion.fromPartial({
      name: "comedies",
      filterExpression: "INCLUDE ItemID WHERE Items.GENRE IN ($G)",
      filterValues: { G: '"comedy"' },
      percentPromotedItems: 25,
      placement: PromotionPlacement.PROMOTION_PLACEMENT_TOP,
    });
    const horror = 'INCLUDE ItemID WHERE Items.GENRE = "horror"';

    it("have their share, whatever the request's filter says, and are told apart", async () => {
      const answer = await recommend({ numResults: 4, filterExpression: horror, promotions: [comedy] });
      expect(answer.itemIds).toHaveLength(3);
      expect(["toystory", "amelie"]).toContain(answer.itemIds[0]);
      expect(answer.promotions).toEqual(["comedies", "", ""]);
      expect(answer.reasons[0]).toBe(Reason.REASON_PROMOTED);
      expect(answer.itemIds.slice(1).toSorted()).toEqual(["alien", "shining"]);
    });

    it("come through GraphQL", async () => {
      const data = await graphql.run<{ recommendations: { edges: object[] } }>(
        `query ($promotions: [PromotionInput!]) {
           recommendations(datasetGroup: "${GROUP}", campaign: "${POPULAR}", userId: "ann", first: 2, seenItems: INCLUDE,
             filterExpression: "INCLUDE ItemID WHERE Items.YEAR = 1979", promotions: $promotions)
           { edges { reason promotion node { itemId year: attribute(name: "YEAR") } } } }`,
        {
          promotions: [
            {
              name: "hotel",
              filterExpression: 'INCLUDE ItemID WHERE Items.DESCRIPTION CONTAINS "hotel"',
              positions: [2],
            },
          ],
        },
      );
      expect(data.recommendations.edges).toEqual([
        { reason: null, promotion: null, node: { itemId: "alien", year: "1979" } },
        { reason: "PROMOTED", promotion: "hotel", node: { itemId: "shining", year: "1980" } },
      ]);
    });

    it("are refused with everything that is wrong", async () => {
      const twice = [comedy, { ...comedy, percentPromotedItems: 101, positions: [0], maxItems: -1 }];
      await expect(recommend({ promotions: twice })).rejects.toMatchObject({
        code: "invalid_argument",
        message: expect.stringMatching(/name.*percent_promoted_items.*max_items.*positions.*126 %/s),
      });
      const broken = { ...comedy, filterValues: {} };
      await expect(recommend({ promotions: [broken] })).rejects.toMatchObject({
        code: "invalid_argument",
        message: expect.stringContaining('Promotion "comedies"'),
      });
    });
  });

  it("are explained in words, through GraphQL too", async () => {
    const data = await graphql.run<{ explainFilter: unknown }>(
      `{ explainFilter(datasetGroup: "${GROUP}", campaign: "${POPULAR}", userId: "ann", ids: ["alien", "toystory", "void"],
           filterExpression: "EXCLUDE ItemID WHERE Items.ADULT = true IF CurrentUser.AGE < 18")
         { id known allowed interactions explanation } }`,
    );
    expect(data.explainFilter).toEqual([
      {
        id: "alien",
        known: true,
        allowed: false,
        interactions: 2,
        explanation: expect.stringContaining("Items.ADULT is true"),
      },
      {
        id: "toystory",
        known: true,
        allowed: true,
        interactions: 1,
        explanation: expect.stringContaining("Let through."),
      },
      // Nothing is known of it, so nothing that an EXCLUDE asks for holds.
      { id: "void", known: false, allowed: true, interactions: 0, explanation: expect.stringContaining("not known") },
    ]);
  });
});
