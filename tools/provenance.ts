/** On what a campaign ran, for the pages that `npm run gen` writes. */
import type { Environment } from '../contract/result.ts';

export function provenance({ environment }: { readonly environment: Environment }): string {
  const { cpu, cores, node, commit } = environment;
  return `${cores} cores of ${cpu}, Node ${node}, last run at commit ${commit}`;
}
