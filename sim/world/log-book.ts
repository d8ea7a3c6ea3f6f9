export interface LogLine {
  /** Story time, epoch ms. */
  readonly at: number;
  readonly pod: string;
  /** Begins with the time in ISO 8601 and a level. */
  readonly text: string;
}

/** What the pods wrote. */
export interface LogBook {
  write(at: number, pod: string, level: 'INFO' | 'WARN' | 'ERROR', message: string): void;
  /** Lines of one pod from `since` (epoch ms, inclusive), oldest first. */
  read(pod: string, since?: number): readonly LogLine[];
  /** Forgets the lines of a span for which a scenario tells another story. */
  forget(matches: (line: LogLine) => boolean): void;
}

/** As kubelet rotates a container's log, only the newest lines of a pod are kept. */
const KEEP_PER_POD = 20_000;

export function createLogBook(): LogBook {
  const pods = new Map<string, LogLine[]>();
  return {
    write(at, pod, level, message) {
      const lines = pods.get(pod) ?? [];
      pods.set(pod, lines);
      const line = { at, pod, text: `${new Date(at).toISOString()} ${level} ${message}` };
      // Scenarios write the past too, so a line is placed by its time.
      let place = lines.length;
      while (place > 0 && (lines[place - 1]?.at ?? 0) > at) place -= 1;
      lines.splice(place, 0, line);
      if (lines.length > KEEP_PER_POD) lines.shift();
    },
    read(pod, since = 0) {
      return (pods.get(pod) ?? []).filter((line) => line.at >= since);
    },
    forget(matches) {
      for (const [pod, lines] of pods) {
        pods.set(
          pod,
          lines.filter((line) => !matches(line)),
        );
      }
    },
  };
}
