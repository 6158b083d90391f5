/** What Palate's dashboards show: of each panel its title, what it says, its unit, and its queries with what each line is called. */

const GROUPS = 'dataset_group=~"$dataset_group"';
const CAMPAIGNS = `${GROUPS}, campaign=~"$campaign"`;

/** The value that a share of a histogram's measurements stays below. */
const quantile = (share, histogram, selector = "", by = "le") =>
  `histogram_quantile(${share}, sum by (${by}) (rate(${histogram}_bucket{${selector}}[$__rate_interval])))`;
const perSecond = (counter, selector, by) => `sum by (${by}) (rate(${counter}{${selector}}[$__rate_interval]))`;

export const DASHBOARDS = [
  {
    name: "overview",
    title: "Palate: overview",
    about: "Is it up, is it fast, is it right?",
    rows: [
      [
        [
          "Processes up",
          "Of those that Prometheus reads.",
          "short",
          [
            ['sum(up{job="palate"})', "up"],
            ['count(up{job="palate"})', "known"],
          ],
        ],
        [
          "Requests",
          "HTTP requests a second, by the answer's status.",
          "reqps",
          [
            [
              perSecond("http_server_request_duration_seconds_count", "", "http_response_status_code"),
              "{{http_response_status_code}}",
            ],
          ],
        ],
        [
          "Time of a GraphQL request",
          "From its head to the end of the answer.",
          "s",
          [
            [quantile(0.5, "http_server_request_duration_seconds", 'http_route="/graphql"'), "half"],
            [quantile(0.99, "http_server_request_duration_seconds", 'http_route="/graphql"'), "99 of 100"],
          ],
        ],
      ],
      [
        [
          "Fields that fail",
          "Share of GraphQL fields by what became of them, without those that are well.",
          "percentunit",
          [
            [
              'sum by (outcome) (rate(palate_graphql_field_duration_seconds_count{outcome!="OK"}[$__rate_interval])) / on () group_left sum(rate(palate_graphql_field_duration_seconds_count[$__rate_interval]))',
              "{{outcome}}",
            ],
          ],
        ],
        [
          "Time of a field",
          "99 of 100 are faster.",
          "s",
          [[quantile(0.99, "palate_graphql_field_duration_seconds", "", "le, graphql_field"), "{{graphql_field}}"]],
        ],
        [
          "Calls between services",
          "99 of 100 gRPC calls are faster.",
          "s",
          [[quantile(0.99, "rpc_server_call_duration_seconds", "", "le, rpc_method"), "{{rpc_method}}"]],
        ],
      ],
      [
        [
          "Who asks",
          "Entries of the lists that were answered a second, by caller.",
          "short",
          [[perSecond("palate_caller_items_total", GROUPS, "caller_kind, caller_id"), "{{caller_kind}} {{caller_id}}"]],
        ],
        [
          "Records",
          "Events and other streamed records that were acknowledged a second.",
          "short",
          [[perSecond("palate_records_total", GROUPS, "kind"), "{{kind}}"]],
        ],
        [
          "Time until records are durable",
          "From the request to its acknowledgement.",
          "s",
          [
            [quantile(0.5, "palate_records_acknowledgement_duration_seconds"), "half"],
            [quantile(0.99, "palate_records_acknowledgement_duration_seconds"), "99 of 100"],
          ],
        ],
      ],
    ],
  },
  {
    name: "models-and-data",
    title: "Palate: models and data",
    about: "Are the recommendations as good as they were, and is what they are made from current?",
    rows: [
      [
        [
          "Answers",
          "Recommendations, rankings and segments a second.",
          "short",
          [[perSecond("palate_answers_total", CAMPAIGNS, "dataset_group, campaign"), "{{dataset_group}}/{{campaign}}"]],
        ],
        [
          "Answers with fallbacks",
          "Share of answers in which any item is popular, new or seen in place of the model's.",
          "percentunit",
          [
            [
              `sum by (dataset_group, campaign) (rate(palate_answers_total{fallback="true", ${CAMPAIGNS}}[$__rate_interval])) / sum by (dataset_group, campaign) (rate(palate_answers_total{${CAMPAIGNS}}[$__rate_interval]))`,
              "{{dataset_group}}/{{campaign}}",
            ],
          ],
        ],
        [
          "Where items come from",
          "Share of the items in lists of recommendations by source.",
          "percentunit",
          [
            [
              `sum by (source) (rate(palate_answered_items_total{${CAMPAIGNS}}[$__rate_interval])) / on () group_left sum(rate(palate_answered_items_total{${CAMPAIGNS}}[$__rate_interval]))`,
              "{{source}}",
            ],
          ],
        ],
      ],
      [
        [
          "Clicked lists",
          "Share of lists that an event named by their recommendationId.",
          "percentunit",
          [
            [
              `sum by (dataset_group, campaign) (rate(palate_quality_clicked_lists_total{${CAMPAIGNS}}[1h])) / sum by (dataset_group, campaign) (rate(palate_answers_total{kind="recommendations", ${CAMPAIGNS}}[1h]))`,
              "{{dataset_group}}/{{campaign}}",
            ],
          ],
        ],
        [
          "Measured before",
          "What the model in use was measured to be on held-out data.",
          "none",
          [[`palate_quality_offline_ratio{${CAMPAIGNS}}`, "{{dataset_group}}/{{campaign}} {{metric}}"]],
        ],
        [
          "Drift",
          "Share of items and users that came after the model's data.",
          "percentunit",
          [[`palate_drift_unseen_ratio{${CAMPAIGNS}}`, "{{dataset_group}}/{{campaign}} {{subject}}"]],
        ],
      ],
      [
        [
          "Age of the model",
          "Since its training was begun.",
          "s",
          [[`palate_model_age_seconds{${CAMPAIGNS}}`, "{{dataset_group}}/{{campaign}}"]],
        ],
        [
          "Replica lag",
          "Since a service's data were last known to be current.",
          "s",
          [
            [
              `max by (instance, dataset_group) (palate_replica_lag_seconds{${GROUPS}})`,
              "{{instance}} {{dataset_group}}",
            ],
          ],
        ],
        [
          "What a campaign costs",
          "Cores that its answers keep busy.",
          "short",
          [
            [
              perSecond("palate_answer_duration_seconds_sum", CAMPAIGNS, "dataset_group, campaign"),
              "{{dataset_group}}/{{campaign}}",
            ],
          ],
        ],
      ],
      [
        [
          "Jobs",
          "Imports, exports, trainings and others that wait or run.",
          "short",
          [["sum by (job_type, state) (palate_jobs)", "{{job_type}} {{state}}"]],
        ],
        [
          "Jobs that ended",
          "Within the hour, by what became of them.",
          "short",
          [
            [
              "sum by (job_type, outcome) (increase(palate_job_duration_seconds_count[1h]))",
              "{{job_type}} {{outcome}}",
            ],
          ],
        ],
        [
          "Phases of jobs",
          "Mean time of those that ended within the hour.",
          "s",
          [
            [
              "sum by (job_type, phase) (rate(palate_job_phase_duration_seconds_sum[1h])) / sum by (job_type, phase) (rate(palate_job_phase_duration_seconds_count[1h]))",
              "{{job_type}} {{phase}}",
            ],
          ],
        ],
      ],
    ],
  },
  {
    name: "processes",
    title: "Palate: processes",
    about: "What does each process use, and does work wait in it?",
    rows: [
      [
        [
          "Processor",
          "Cores that a process keeps busy.",
          "short",
          [
            [
              'sum by (instance) (rate(process_cpu_time_seconds_total{job="palate"}[$__rate_interval]))',
              "{{instance}}",
            ],
          ],
        ],
        ["Memory", "Resident set.", "bytes", [['process_memory_usage_bytes{job="palate"}', "{{instance}}"]]],
        ["JavaScript heap", "In use.", "bytes", [['v8js_memory_heap_used_bytes{job="palate"}', "{{instance}}"]]],
      ],
      [
        [
          "Event loop in use",
          "Share of time.",
          "percentunit",
          [["nodejs_eventloop_utilization_ratio", "{{instance}}"]],
        ],
        [
          "Event loop delay",
          "99 of 100 turns wait less.",
          "s",
          [["nodejs_eventloop_delay_p99_seconds", "{{instance}}"]],
        ],
        [
          "Caches",
          "Share of look-ups that are hits.",
          "percentunit",
          [
            [
              'sum by (instance, cache) (rate(palate_cache_lookups_total{result="hit"}[$__rate_interval])) / sum by (instance, cache) (rate(palate_cache_lookups_total[$__rate_interval]))',
              "{{instance}} {{cache}}",
            ],
          ],
        ],
      ],
      [
        ["Requests in progress", "At the gateway.", "short", [["http_server_active_requests", "{{instance}}"]]],
        [
          "Spans",
          "Of recorded traces, a second.",
          "short",
          [["sum by (result) (rate(palate_telemetry_spans_total[$__rate_interval]))", "{{result}}"]],
        ],
        [
          "Up since",
          "Time since the process started.",
          "s",
          [['process_uptime_seconds{job="palate"}', "{{instance}}"]],
        ],
      ],
    ],
  },
];
