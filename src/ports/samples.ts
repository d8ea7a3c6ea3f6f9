/** One value at one time of story time, epoch ms. */
export interface Sample {
  readonly at: number;
  readonly value: number;
}

/** Figures that the bot has seen, kept for eight days: *since when, and how was it last week at this hour?* */
export interface Samples {
  /** All of one moment; a name that was sampled at that moment already stays as it was. */
  add(at: number, values: Readonly<Record<string, number>>): Promise<void>;
  /** From then on, oldest first. */
  since(name: string, from: number): Promise<readonly Sample[]>;
  /** Of several names, both ends included; a name of which nothing is kept is left out. */
  between(
    names: readonly string[],
    from: number,
    to: number,
  ): Promise<Readonly<Record<string, readonly Sample[]>>>;
}
