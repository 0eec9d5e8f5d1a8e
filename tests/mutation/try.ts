/** `try.ts PROGRAM`: one try of `tryMutant`, in a process of its own; says what caught the mutant. */
import { tryMutant } from './oracle.ts';

const caught = await tryMutant(process.argv[2] ?? '');
process.stdout.write(caught ?? 'survived');
process.exit();
