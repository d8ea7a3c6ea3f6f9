/** Orders affected ÷ orders, with both numbers, window, age and source; or *unknown*. */
export type Impact =
  | {
      readonly known: true;
      readonly affected: number;
      readonly total: number;
      /** Minutes of orders that were counted. */
      readonly windowMinutes: number;
      /** Where the numbers come from, in words for the card: *orders table*, *impact view*. */
      readonly source: string;
      /** What counted as affected, in words. */
      readonly means: string;
      /** Orders that were never created though last week had them, counted in both numbers; absent: none. */
      readonly missing?: number;
      /** Story time of the numbers, epoch ms. */
      readonly at: number;
    }
  | {
      readonly known: false;
      /** Why it is not known; with *9 of 11* where there were too few orders. */
      readonly because: string;
      readonly at: number;
    };

/** 0–100; null when unknown. With no orders at all there is nothing to divide. */
export function impactPercent(impact: Impact | null): number | null {
  if (!impact?.known || impact.total === 0) return null;
  return (impact.affected / impact.total) * 100;
}
