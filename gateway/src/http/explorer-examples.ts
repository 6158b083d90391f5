/** An operation that the explorer opens in a tab of its own. */
export interface Example {
  /** The operation, with comments for who reads it first. */
  readonly query: string;
  /** Its variables. */
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** Palate's mark, drawn in place: the page loads nothing from anywhere. */
export const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="28" height="28"><circle cx="16" cy="16" r="15" fill="#e0633a"/><circle cx="11" cy="12" r="3" fill="#fff"/><circle cx="20" cy="11" r="2.4" fill="#ffe3b8"/><circle cx="22" cy="19" r="3.2" fill="#fff"/><circle cx="13" cy="21" r="2.6" fill="#ffe3b8"/></svg>';

/** Ready to run on the demo's data: Online Retail with the campaigns for-you, similar and popular. */
export const EXAMPLES: readonly Example[] = [
  {
    query: `# What customer 17850 may like next.
# Run: the button, or Ctrl-Enter. Complete: Ctrl-Space.
# The book on the left is the manual of everything.
query ForYou {
  recommendations(
    datasetGroup: "online-retail"
    campaign: "for-you"
    userId: "17850"
    first: 10
  ) {
    edges {
      rank
      score
      reason
      node {
        itemId
        description: attribute(name: "DESCRIPTION")
      }
    }
    recommendationId
    versionId
    historyLength
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`,
  },
  {
    query: `# What goes with the white hanging heart T-light holder.
query Similar($item: ID!) {
  recommendations(
    datasetGroup: "online-retail"
    campaign: "similar"
    itemId: $item
    first: 10
  ) {
    edges {
      rank
      score
      node {
        itemId
        description: attribute(name: "DESCRIPTION")
      }
    }
    dataAgeMs
  }
}
`,
    variables: { item: "85123A" },
  },
  {
    query: `# Several shelves in one request; each stands alone:
# one that fails leaves the others as they are.
query Home($user: ID!) {
  forYou: recommendations(
    datasetGroup: "online-retail"
    campaign: "for-you"
    userId: $user
    first: 5
  ) {
    ...Shelf
  }
  popular: recommendations(
    datasetGroup: "online-retail"
    campaign: "popular"
    first: 5
  ) {
    ...Shelf
  }
}

fragment Shelf on RecommendationConnection {
  nodes {
    itemId
    attributes {
      name
      value
    }
  }
}
`,
    variables: { user: "13047" },
  },
  {
    query: `# Cheap things only, and none that customer 17850 has
# bought since November 2011; before them two lights.
# Below: why one thing is in the list and another not.
query Filtered {
  recommendations(
    datasetGroup: "online-retail"
    campaign: "for-you"
    userId: "17850"
    first: 10
    seenItems: INCLUDE
    filterExpression: "INCLUDE ItemID WHERE Items.PRICE < $MOST | EXCLUDE ItemID WHERE Interactions.TIMESTAMP > 1320105600"
    filterValues: [{ name: "MOST", values: ["2.5"] }]
    promotions: [
      {
        name: "lights"
        filterExpression: "INCLUDE ItemID WHERE Items.DESCRIPTION CONTAINS \\"light\\""
        percentPromotedItems: 20
        placement: TOP
      }
    ]
  ) {
    edges {
      rank
      reason
      promotion
      node {
        itemId
        description: attribute(name: "DESCRIPTION")
        price: attribute(name: "PRICE")
      }
    }
  }
  explainFilter(
    datasetGroup: "online-retail"
    campaign: "for-you"
    userId: "17850"
    ids: ["85123A", "22423"]
    filterExpression: "INCLUDE ItemID WHERE Items.PRICE < 2.5"
  ) {
    id
    allowed
    explanation
  }
}
`,
  },
  {
    query: `# Why each thing is in the list: which of the customer's
# purchases speak for it. And less of the same in it.
query Why {
  recommendations(
    datasetGroup: "online-retail"
    campaign: "for-you"
    userId: "17850"
    first: 8
    diversity: { weight: 0.3 }
  ) {
    edges {
      rank
      node {
        itemId
        description: attribute(name: "DESCRIPTION")
      }
      reasons {
        kind
        weight
        amount
        item {
          itemId
          description: attribute(name: "DESCRIPTION")
        }
      }
    }
  }
}
`,
  },
  {
    query: `# A purchase, just now. Run the first tab again
# afterwards: its answer has changed.
mutation Buy($input: PutEventsInput!) {
  putEvents(input: $input) {
    recorded
    userErrors {
      field
      message
      code
    }
  }
}
`,
    variables: {
      input: {
        datasetGroup: "online-retail",
        interactions: [{ userId: "17850", itemId: "22423", eventType: "purchase" }],
      },
    },
  },
  {
    query: `# Actions to recommend: two datasets, three actions, and
# a campaign. Run it once, then the next tab. Nothing is
# known of the actions yet, so they are explored.
mutation Actions {
  actions: createSchema(
    input: {
      name: "online-retail-actions"
      datasetType: ACTIONS
      schema: "{\\"type\\":\\"record\\",\\"name\\":\\"Actions\\",\\"fields\\":[{\\"name\\":\\"ACTION_ID\\",\\"type\\":\\"string\\"},{\\"name\\":\\"VALUE\\",\\"type\\":[\\"long\\",\\"null\\"]},{\\"name\\":\\"REPEAT_FREQUENCY\\",\\"type\\":[\\"long\\",\\"null\\"]},{\\"name\\":\\"KIND\\",\\"type\\":[\\"string\\",\\"null\\"],\\"categorical\\":true}],\\"version\\":\\"1.0\\"}"
    }
  ) {
    userErrors {
      message
    }
  }
  events: createSchema(
    input: {
      name: "online-retail-action-interactions"
      datasetType: ACTION_INTERACTIONS
      schema: "{\\"type\\":\\"record\\",\\"name\\":\\"ActionInteractions\\",\\"fields\\":[{\\"name\\":\\"USER_ID\\",\\"type\\":\\"string\\"},{\\"name\\":\\"ACTION_ID\\",\\"type\\":\\"string\\"},{\\"name\\":\\"EVENT_TYPE\\",\\"type\\":\\"string\\"},{\\"name\\":\\"TIMESTAMP\\",\\"type\\":\\"long\\"}],\\"version\\":\\"1.0\\"}"
    }
  ) {
    userErrors {
      message
    }
  }
  actionsDataset: createDataset(
    input: {
      datasetGroup: "online-retail"
      name: "actions"
      datasetType: ACTIONS
      schemaName: "online-retail-actions"
    }
  ) {
    userErrors {
      message
    }
  }
  eventsDataset: createDataset(
    input: {
      datasetGroup: "online-retail"
      name: "action-interactions"
      datasetType: ACTION_INTERACTIONS
      schemaName: "online-retail-action-interactions"
    }
  ) {
    userErrors {
      message
    }
  }
  putActions(
    input: {
      datasetGroup: "online-retail"
      actions: [
        { actionId: "loyalty-card", properties: { VALUE: 9, KIND: "club" } }
        {
          actionId: "newsletter"
          properties: { VALUE: 4, REPEAT_FREQUENCY: 14, KIND: "news" }
        }
        { actionId: "free-delivery", properties: { VALUE: 6, KIND: "sale" } }
      ]
    }
  ) {
    cursor
    userErrors {
      message
    }
  }
  createSolution(
    input: {
      datasetGroup: "online-retail"
      name: "next-best-action"
      recipe: "aws-next-best-action"
    }
  ) {
    userErrors {
      message
    }
  }
  createSolutionVersion(
    input: { datasetGroup: "online-retail", solution: "next-best-action" }
  ) {
    userErrors {
      message
    }
  }
  createCampaign(
    input: {
      datasetGroup: "online-retail"
      name: "next-best-action"
      solution: "next-best-action"
    }
  ) {
    userErrors {
      message
    }
  }
}
`,
  },
  {
    query: `# What customer 17850 may be got to do next, a few seconds
# after the tab before was run.
query NextBestAction {
  actionRecommendations(
    datasetGroup: "online-retail"
    campaign: "next-best-action"
    userId: "17850"
    filterExpression: "EXCLUDE ActionID WHERE Action_Interactions.EVENT_TYPE IN (\\"TAKEN\\")"
  ) {
    edges {
      rank
      score
      reason
      node {
        actionId
        value
        expiresAt
        kind: attribute(name: "KIND")
      }
    }
    recommendationId
    historyLength
  }
}
`,
  },
  {
    query: `# What is there, what serves, and how good it is.
query Overview {
  datasetGroup(name: "online-retail") {
    datasets {
      nodes {
        datasetType
        status
        statistics {
          importedRows
          streamedRows
        }
      }
    }
    campaigns {
      nodes {
        name
        recipe
        status
        servingVersion {
          versionId
          backend
          trainingSeconds
          metrics {
            name
            value
          }
          baselineMetrics {
            name
            value
          }
        }
      }
    }
  }
}
`,
  },
  {
    query: `# Every recipe on offer, with its settings.
query Recipes {
  recipes {
    nodes {
      name
      type
      description
      service
      hyperparameters {
        name
        type
        defaultValue
        minimum
        maximum
        description
      }
    }
  }
}
`,
  },
];
