import type { PagerDuty } from '../pagerduty/pagerduty.ts';
import type { SimulatedSlack } from '../slack/simulated-slack.ts';
import type { World } from '../world/world.ts';
import type { Jump, Persona } from './shapes.ts';

/** The clock of the story: real time and what was skipped. */
export interface StoryClock {
  /** Story time, epoch ms. */
  now(): number;
  jumps(): readonly Jump[];
  skipping(): boolean;
  /** Resolves when the story has arrived there. */
  skip(minutes: number): Promise<void>;
  /** Called when it jumps, begins or ends to skip; returns the way to stop. */
  onChange(listener: () => void): () => void;
}

/** One that can be started. */
export interface Story {
  readonly id: string;
  /** One line for people. */
  readonly title: string;
  /** Its number and title. */
  readonly runbook: string;
  /** The title of the cause that it is; the bot is not told. */
  readonly cause: string;
}

/** The stories that can be started, and their ends; whoever composes the world decides what else happens then. */
export interface Stories {
  readonly all: readonly Story[];
  /** @throws Error for an unknown one */
  start(id: string): Promise<void>;
  end(id: string): Promise<void>;
}

/** What the page shows and moves. */
export interface PageParts {
  readonly slack: SimulatedSlack;
  readonly pagerduty: PagerDuty;
  readonly world: World;
  readonly clock: StoryClock;
  readonly stories: Stories;
  readonly personas: readonly Persona[];
  /** Lines that the app understands behind its commands, for the composer. */
  readonly usage: readonly string[];
}
