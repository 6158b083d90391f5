import {
  ObjectiveSensitivity as SensitivityMessage,
  type EventsConfig as EventsMessage,
  type OptimizationObjective as ObjectiveMessage,
} from "@palate/proto/recipe";
import { Field, Float, InputType, ObjectType, registerEnumType } from "type-graphql";

const ObjectiveSensitivity = {
  OFF: SensitivityMessage.OBJECTIVE_SENSITIVITY_OFF,
  LOW: SensitivityMessage.OBJECTIVE_SENSITIVITY_LOW,
  MEDIUM: SensitivityMessage.OBJECTIVE_SENSITIVITY_MEDIUM,
  HIGH: SensitivityMessage.OBJECTIVE_SENSITIVITY_HIGH,
} as const;
registerEnumType(ObjectiveSensitivity, {
  name: "ObjectiveSensitivity",
  description: "How much an objective counts beside relevance.",
  valuesConfig: {
    OFF: { description: "Not at all." },
    LOW: { description: "Less than relevance." },
    MEDIUM: { description: "As much as relevance." },
    HIGH: { description: "More than relevance." },
  },
});

@InputType("EventParametersInput", { description: "How much events of one type count in a training." })
@ObjectType({ simpleResolvers: true, description: "How much events of one type count in a training." })
export class EventParameters {
  @Field(() => String, { description: "Type of the events, as EVENT_TYPE has it; case does not matter." })
  eventType!: string;

  @Field(() => Float, {
    nullable: true,
    description: "Only events whose EVENT_VALUE is at least this are trained on; null means all.",
  })
  eventValueThreshold?: number | null;

  @Field(() => Float, {
    description:
      "How much they count, from -1 to 1; only ratios matter. Negative: users turned the items down, which are recommended less.",
  })
  weight!: number;
}

@InputType("EventsConfigInput", { description: "Which events a solution trains on, and how much each type counts." })
@ObjectType({
  simpleResolvers: true,
  description: "Which events a solution trains on, and how much each type counts.",
})
export class EventsConfig {
  @Field(() => [EventParameters], {
    description: "1 to 10 types, each once. Events of types that are not listed are not trained on.",
  })
  eventParametersList!: EventParameters[];

  /** To the proto's message. */
  static toMessage(input: EventsConfig | null | undefined): EventsMessage | undefined {
    return input
      ? {
          eventParametersList: input.eventParametersList.map(({ eventType, eventValueThreshold, weight }) => ({
            eventType,
            eventValueThreshold: eventValueThreshold ?? undefined,
            weight,
          })),
        }
      : undefined;
  }

  /** From the proto's message. */
  static from(message: EventsMessage | undefined): EventsConfig | null {
    if (message === undefined) return null;
    const eventParametersList = message.eventParametersList.map(({ eventType, eventValueThreshold, weight }) =>
      Object.assign(new EventParameters(), {
        eventType,
        eventValueThreshold: eventValueThreshold ?? null,
        weight,
      }),
    );
    return Object.assign(new EventsConfig(), { eventParametersList });
  }
}

@InputType("OptimizationObjectiveInput", {
  description: "Something to make much of beside relevance, such as revenue or minutes watched.",
})
@ObjectType({
  simpleResolvers: true,
  description: "Something to make much of beside relevance, such as revenue or minutes watched.",
})
export class OptimizationObjective {
  @Field(() => String, { description: "A numeric column of the Items dataset; the more the better." })
  itemAttribute!: string;

  @Field(() => ObjectiveSensitivity, {
    defaultValue: SensitivityMessage.OBJECTIVE_SENSITIVITY_MEDIUM,
    description: "How much it counts.",
  })
  objectiveSensitivity!: SensitivityMessage;

  /** From the proto's message. */
  static from(message: ObjectiveMessage | undefined): OptimizationObjective | null {
    return message === undefined ? null : Object.assign(new OptimizationObjective(), message);
  }
}
