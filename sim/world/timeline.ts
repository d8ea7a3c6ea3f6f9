interface Task {
  readonly due: number;
  readonly run: (at: number) => void;
}

/** What will happen in story time. Nothing happens by itself: somebody advances it. */
export interface Timeline {
  /** A `due` in the past happens at the next advance, with its own time. */
  schedule(due: number, run: (at: number) => void): void;
  /** Runs what is due until `now` in the order of time (of equal times: as scheduled), also what that schedules. */
  advance(now: number): void;
}

export function createTimeline(): Timeline {
  const tasks: Task[] = [];

  function place(due: number): number {
    let low = 0;
    let high = tasks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((tasks[middle]?.due ?? 0) <= due) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  return {
    schedule(due, run) {
      tasks.splice(place(due), 0, { due, run });
    },
    advance(now) {
      for (let next = tasks[0]; next !== undefined && next.due <= now; next = tasks[0]) {
        tasks.shift();
        next.run(next.due);
      }
    },
  };
}
