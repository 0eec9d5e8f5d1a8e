export interface PythonSet {
  /** Lock file, relative to the root. */
  lock: string;
  /** Sets whose packages this lock holds too. */
  includes: string[];
}
export declare const SETS: { bench: PythonSet; test: PythonSet; formal: PythonSet };
