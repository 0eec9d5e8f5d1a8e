/** Ctrl-C: the first asks the work to stop and clean up, the second ends the process. */
export interface Interrupt {
  readonly signal: AbortSignal;
  release(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

export function abortOnInterrupt(): Interrupt {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  return {
    signal: controller.signal,
    release: () => {
      for (const signal of SIGNALS) process.off(signal, stop);
    },
  };
}
