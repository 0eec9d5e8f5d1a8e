export interface PythonSet {
  /** Lock file, relative to the root. */
  lock: string;
  /** Sets whose packages this lock holds too. */
  includes: string[];
}
export type SetName = 'bench' | 'test' | 'formal' | 'fpga';
export declare const SETS: Readonly<Record<SetName, PythonSet>>;
