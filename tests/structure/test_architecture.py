"""What holds for the whole source tree: direction, size, names, and nothing of any machine."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

import pytest

from tests.conftest import REPOSITORY

PACKAGES = ("instruments", "sql", "reports", "flows")
MODULES = sorted(path for package in PACKAGES for path in (REPOSITORY / package).rglob("*.py"))
LONGEST_MODULE = 400
PATHS = re.compile(r"(?<![\w.])/(?:work|tmp|root|home)/\w")
ADDRESSES = re.compile(r"--(?:extra-)?index-url|https?://\S*(?:/simple|pypi|mirror|proxy)\S*")
VAGUE = ("utils", "helpers", "manager", "process", "handle", "misc", "common", "data2")


def tracked() -> list[Path]:
    """Return every text file that is part of the project."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY, capture_output=True, text=True,
    )  # fmt: skip
    if listed.returncode:
        pytest.skip("the project is not in a git repository here")
    files = [REPOSITORY / name for name in listed.stdout.splitlines()]
    return [path for path in files if path.is_file() and not path.is_symlink()]


def relative(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def test_imports_go_one_way() -> None:
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    ended = subprocess.run(
        [sys.executable, "-c", code, "--no-cache"], cwd=REPOSITORY, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "1 kept, 0 broken" in ended.stdout


def test_no_module_is_too_long() -> None:
    lengths = {relative(path): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert {name: n for name, n in lengths.items() if n > LONGEST_MODULE} == {}


def test_no_test_measures_time() -> None:
    """A busy machine would fail it; what takes how long is for `make bench`."""
    tests = [path for path in (REPOSITORY / "tests").rglob("*.py") if path.parent.name != "bench"]
    clocks = ("perf" + "_counter", "process" + "_time", "time.time" + "(")
    assert [relative(p) for p in tests if any(c in p.read_text("utf-8") for c in clocks)] == []


def functions() -> Iterator[tuple[str, int]]:
    """Yield every function with the number of its lines below its signature and docstring."""
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                lines = (node.end_lineno or 0) - body[0].lineno + 1 if body else 0
                yield f"{relative(path)}:{node.name}", lines


def test_functions_are_short() -> None:
    lengths = dict(functions())
    middle, ninth = median(lengths.values()), quantiles(lengths.values(), n=10)[-1]
    longest = sorted(lengths.items(), key=lambda item: -item[1])[:5]
    print(f"{len(lengths)} functions: median {middle}, nine in ten under {ninth}, {longest}")  # noqa: T201
    assert middle <= 7
    assert ninth <= 25


def test_no_name_is_vague() -> None:
    named = [
        part for path in MODULES for part in path.with_suffix("").relative_to(REPOSITORY).parts
    ]
    assert not {part.strip("_") for part in named} & set(VAGUE)
    called = [name.rpartition(":")[2].strip("_") for name, _ in functions()]
    vague = ("process", "handle", "manage")
    assert [name for name in called if name.split("_")[0] in vague] == []


def test_no_module_shadows_one_of_the_standard_library() -> None:
    roots = {path.name for path in REPOSITORY.iterdir() if path.suffix == ".py"}
    assert not {name.removesuffix(".py") for name in roots} & sys.stdlib_module_names
    assert not set(PACKAGES) & sys.stdlib_module_names


def test_every_function_and_module_is_typed_and_described() -> None:
    bare = [relative(path) for path in MODULES
            if path.read_text("utf-8").strip() and not ast.get_docstring(
                ast.parse(path.read_text("utf-8")))]  # fmt: skip
    assert bare == []


def test_one_module_opens_duckdb() -> None:
    openers = [
        relative(path)
        for path in MODULES
        if re.search(r"duckdb\.connect\(", path.read_text("utf-8"))
    ]
    assert openers == ["sql/gateway.py"]


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (r"except\s*:", "every error has a name"),
        (r"except (?:Base)?Exception[^\n]*:\s*\n\s*(?:pass|continue)\b", "no error is passed over"),
        (r"simplefilter\(\s*[\"']ignore[\"']\s*\)", "only a named warning may be expected"),
        (r"filterwarnings\(\s*[\"']ignore[\"']\s*\)", "only a named warning may be expected"),
        (r"#\s*type:\s*ignore(?!\[)", "an ignored type says which"),
        (r"#\s*noqa(?!:)", "an ignored lint says which"),
        (r"^\s*from \S+ import \*", "names are imported by name"),
    ],
)
def test_nothing_is_muted_without_a_name(pattern: str, why: str) -> None:
    found = [
        f"{relative(path)}: {match.group(0).strip()}"
        for path in MODULES
        for match in re.finditer(pattern, path.read_text("utf-8"), re.MULTILINE)
    ]
    assert found == [], why


def test_warnings_are_errors_in_tests() -> None:
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    assert settings["tool"]["pytest"]["ini_options"]["filterwarnings"] == ["error"]


def test_no_file_names_a_place_of_any_machine() -> None:
    own = relative(Path(__file__))
    found = [
        f"{relative(path)}:{number}"
        for path in tracked()
        if relative(path) != own
        for number, line in enumerate(_text(path).splitlines(), 1)
        if PATHS.search(line)
    ]
    assert found == []


def test_no_file_holds_the_address_of_an_index() -> None:
    own = relative(Path(__file__))
    found = [
        relative(path)
        for path in tracked()
        if relative(path) != own and ADDRESSES.search(_text(path))
    ]
    assert found == []


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return ""


def test_the_lock_pins_every_package_with_hashes_and_holds_no_address() -> None:
    lock = (REPOSITORY / "requirements.lock").read_text("utf-8")
    pins = re.findall(r"^([A-Za-z0-9._-]+)==", lock, re.MULTILINE)
    assert len(pins) > 100
    blocks = re.split(r"^(?=[A-Za-z0-9._-]+==)", lock, flags=re.MULTILINE)[1:]
    assert [block.split("=")[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert "://" not in lock
    assert "\n-" not in lock


def test_every_declared_dependency_is_in_the_lock() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *(d for group in project["optional-dependencies"].values()
                                          for d in group)]  # fmt: skip
    names = {re.split(r"[\s<>=;!\[]", entry)[0].lower().replace("_", "-") for entry in wanted}
    lock = (REPOSITORY / "requirements.lock").read_text("utf-8").lower()
    locked = {
        name.replace("_", "-") for name in re.findall(r"^([a-z0-9._-]+)==", lock, re.MULTILINE)
    }
    assert names - locked == set()
