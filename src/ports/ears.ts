/** Something that takes deliveries in and can be ended: Socket Mode, HTTP, a topic. */
export interface Ear {
  start(): Promise<void>;
  /** Takes nothing more in; what was accepted is safe. */
  stop(): Promise<void>;
}
