/**
 * The Python sets. A new one is one line here and a lock beside this file, remade after editing
 * its .in with (any Python, `pip install uv` in a scratch environment, inside tools/setup):
 *   uv pip compile --universal --python-version 3.10 --only-binary :all: --generate-hashes \
 *     --no-emit-index-url --no-emit-find-links --no-header requirements-X.in -o requirements-X.txt
 * A lock holds all that the sets in `includes` hold.
 */
export const SETS = {
  bench: { lock: 'tools/setup/requirements-bench.txt', includes: [] },
  software: { lock: 'tools/setup/requirements-software.txt', includes: ['bench'] },
  test: { lock: 'tools/setup/requirements-test.txt', includes: ['bench'] },
  formal: { lock: 'tools/setup/requirements-formal.txt', includes: ['bench', 'test'] },
  fpga: { lock: 'tools/setup/requirements-fpga.txt', includes: ['bench', 'test', 'formal'] },
};
