/** The package brings no types; these are what its README promises of what we read. */
declare module 'parse-prometheus-text-format' {
  export default function parsePrometheusTextFormat(text: string): readonly {
    readonly name: string;
    readonly type: string;
    readonly metrics: readonly {
      readonly value?: string;
      readonly labels?: Readonly<Record<string, string>>;
    }[];
  }[];
}
