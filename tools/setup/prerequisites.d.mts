export interface Python {
  version: number[];
  /** venv and ensurepip can be imported. */
  venv: boolean;
  /** A shared libpython exists; cocotb loads it. */
  shared: boolean;
  executable: string;
}

export interface Probe {
  root: string;
  node: string;
  platform: string;
  arch: string;
  musl: boolean;
  cxx: boolean;
  make: boolean;
  perl: boolean;
  pythons: Python[];
  nativeVerilator: number[] | undefined;
}

export interface Problem {
  what: string;
  debian: string;
  fedora: string;
  macos: string;
}

export declare function probe(root: string): Probe;
export declare function hasVerilatorWheel(
  found: Pick<Probe, 'platform' | 'arch' | 'musl'>,
): boolean;
export declare function choosePython(found: Probe, set: string): Python | undefined;
export declare function findProblems(found: Probe, set: string): Problem[];
export declare function report(problems: Problem[]): string;
