/** The catalog: its counts of stock are the truth (runbook 2). Throws SystemError; AbsentSystem where it is not configured. */
export interface CatalogProbe {
  /** X7: how many of a product there are; null: it knows no such product. */
  stock(product: string, signal: AbortSignal): Promise<number | null>;
}
