export declare function acquireLock(
  file: string,
  options?: { waiting?: (owner: number) => void },
): Promise<() => void>;
