/**
 * The fields that name a product by its id. Which products fail is known from the lines that R10 counts: neither the order
 * list nor the orders database says what an order is for.
 */
const PRODUCT =
  /(?<![A-Za-z0-9])(?:sku|(?:product|item|variant)(?:[._-]?id)?)\\?["']?\s*[=:]\s*(?:\\?["']([A-Za-z0-9][\w.-]{0,63})\\?["']|([A-Za-z0-9][\w.-]{0,63})(?=[\s,;}\]]|$))/i;

/** The product that a line names; null: none. */
export function productIn(line: string): string | null {
  const found = PRODUCT.exec(line);
  return found?.[1] ?? found?.[2] ?? null;
}

/** The products of these lines, people's own words taken out of them, with how often each failed, the most failing first. */
export function productsIn(
  lines: readonly string[],
): readonly (readonly [product: string, failed: number])[] {
  const counts = new Map<string, number>();
  for (const line of lines) {
    const product = productIn(line);
    if (product !== null) counts.set(product, (counts.get(product) ?? 0) + 1);
  }
  return [...counts].sort(
    ([one, few], [other, many]) => many - few || (one < other ? -1 : Number(one > other)),
  );
}
