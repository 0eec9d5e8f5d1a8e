"""Builds a module with Verilator or runs its cocotb tests; called by cocotb.ts, one job a call.

The job is a JSON file (argv[1]); `test` writes what JUnit said as JSON to the job's `answer`.
"""

import json
import signal
import sys
from pathlib import Path
from xml.etree import ElementTree

from cocotb_tools.runner import get_runner


def build(job: dict) -> None:
    get_runner("verilator").build(
        sources=job["sources"],
        includes=job["includeDirs"],
        parameters=job["parameters"],
        build_args=job["buildArgs"],
        hdl_toplevel=job["toplevel"],
        build_dir=job["buildDir"],
        always=True,
    )


def test(job: dict) -> None:
    # The runner returns normally when tests fail and when the simulator dies: only the file counts.
    results_file = Path(job["runDir"], "results.xml")
    results_file.unlink(missing_ok=True)
    get_runner("verilator").test(
        test_module=job["module"],
        hdl_toplevel=job["toplevel"],
        hdl_toplevel_lang="verilog",
        build_dir=job["buildDir"],
        test_dir=job["runDir"],
        results_xml=str(results_file),
        seed=job["seed"],
        plusargs=[
            "+verilator+rand+reset+2",
            f"+verilator+seed+{job['seed']}",
            *job["plusArguments"],
        ],
    )
    Path(job["answer"]).write_text(json.dumps(read_results(results_file)))


def read_results(file: Path) -> list[dict]:
    if not file.exists():
        sys.exit(f"the simulator ended without writing {file.name}")
    return [read_case(case) for case in ElementTree.parse(file).iter("testcase")]


def read_case(case: ElementTree.Element) -> dict:
    bad = next((child for child in case if child.tag in ("failure", "error")), None)
    skipped = case.find("skipped") is not None
    message = "" if bad is None else "\n".join(filter(None, [bad.get("message"), bad.text]))
    return {
        "name": case.get("name"),
        "status": "failed" if bad is not None else "skipped" if skipped else "passed",
        "message": message.strip(),
    }


def stop(*_args: object) -> None:
    sys.exit(1)  # unwinds subprocess.run, which kills the simulator


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    here = Path(__file__).parent
    sys.path[:0] = [str(here.parent / "rtl"), str(here / "fixtures")]
    with open(sys.argv[1]) as file:
        job = json.load(file)
    {"build": build, "test": test}[job["action"]](job)
