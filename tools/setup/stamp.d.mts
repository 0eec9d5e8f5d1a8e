export declare const STAMP: string;
export declare function hashFile(file: string): string;
export declare function readStamp(folder: string): unknown;
export declare function writeStamp(folder: string, stamp: unknown): void;
export declare function removeStamp(folder: string): void;
export declare function nodeStamp(root: string): { lock: string; platform: string };
export declare function nodeModulesFresh(root: string): boolean;
export declare function setHashes(root: string, set: string): Record<string, string>;
export declare function venvState(root: string, set: string): 'fresh' | 'add' | 'make';
