"""The repository keeps its own promises: budgets, documents, templates, imports, migrations."""

import ast
import re
import subprocess
import sys
import tomllib
from io import StringIO
from pathlib import Path

import allauth
import pytest
from django.apps import apps
from django.core.management import call_command, get_commands
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from pitches.notify import catalogue

HOME = Path(__file__).resolve().parent.parent
TEMPLATES = HOME / "templates"
READS_SETTING = re.compile(r'\benv\.(?:text|words|flag|number|url|secret)\(\s*["\'](\w+)["\']')
# Overrides of a library, and what is named by a number or by the kind of a mail: each has a test of its own below.
NAMED_ELSEWHERE = ("account/", "allauth/", "mfa/", "usersessions/", "email/", "errors/")


def tracked(*endings: str) -> list[Path]:
    """The files of the repository with these endings, new ones included."""
    words = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *(f"*{end}" for end in endings)]
    names = subprocess.run(words, cwd=HOME, capture_output=True, text=True, check=True).stdout.splitlines()
    return [HOME / name for name in names if (HOME / name).is_file()]


def name_of(path: Path) -> str:
    return str(path.relative_to(HOME))


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def own(path: Path) -> bool:
    return "migrations" not in path.parts


# ── budgets ──────────────────────────────────────────────────────────────────


def test_files_are_short():
    limits = {HOME / "portal/settings.py": 300, TEMPLATES / "base.html": 80}
    long = {
        name_of(path): lines_of(path)
        for path in tracked(".py", ".html", ".js", ".css", ".md", ".yaml")
        if own(path)
        and lines_of(path) > limits.get(path, 150 if path.suffix == ".html" else 600 if "tests" in path.parts else 400)
    }
    assert long == {}


def test_functions_are_short():
    long = {
        f"{name_of(path)}:{node.name}": node.end_lineno - node.lineno + 1
        for path in tracked(".py")
        if own(path)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.end_lineno - node.lineno + 1 > 40
    }
    assert long == {}


def test_nobody_listens_to_signals_of_our_own():
    receivers = [name_of(path) for path in tracked(".py") if "@receiver(" in path.read_text(encoding="utf-8")]
    assert [name for name in receivers if name not in ("portal/accounts.py", "tests/test_repository.py")] == []


def test_views_reach_tables_through_one_room():
    rooms = [path for path in tracked(".py") if path.is_relative_to(HOME / "pitches/web")]
    reaching = {path for path in rooms if ".objects" in path.read_text(encoding="utf-8")}
    assert reaching
    assert {name_of(path.parent) for path in reaching} == {"pitches/web/access"}


def test_no_machine_and_no_package_index_is_named():
    foreign = ("/work" + "/main", "/root" + "/", "pypi" + ".org", "files.python" + "hosted", "registry.npm" + "js")
    found = {
        name_of(path): word
        for path in tracked("")
        if path.suffix not in {".woff2", ".png", ".webp"} and path != HOME / ".ci/run"
        for word in foreign
        if word in path.read_text(encoding="utf-8")
    }
    assert found == {}


# ── what the code says about itself ──────────────────────────────────────────


def test_rooms_import_downwards():
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=HOME, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.django_db
def test_the_migrations_are_complete():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_all_tables_at_once_are_those_of_one_by_one():
    loader = MigrationLoader(None, replace_migrations=False)
    for name, squashed in loader.replacements.items():
        at_once, one_by_one = (loader.project_state(node) for node in (name, squashed.replaces[-1]))
        assert MigrationAutodetector(at_once, one_by_one).changes(loader.graph) == {}
        assert columns(at_once) == columns(one_by_one)
    assert loader.replacements


def test_no_migration_stands_on_the_short_cut():
    loader = MigrationLoader(None, replace_migrations=False)
    for name in loader.replacements:
        assert not loader.graph.node_map[name].children, "depend on the last one that it replaces"


def columns(state: ProjectState) -> dict[tuple[str, str], list[str]]:
    """{table: its columns in their order} after some migrations."""
    return {table: [*model.fields] for table, model in state.models.items()}


def test_the_map_of_states_is_up_to_date():
    printed = StringIO()
    call_command("statemap", stdout=printed)
    assert (HOME / "docs/states.md").read_text(encoding="utf-8") == printed.getvalue()


# ── documents ────────────────────────────────────────────────────────────────


def test_every_setting_is_documented_and_every_documented_one_is_read():
    read = {name for path in (HOME / "portal").rglob("*.py") for name in READS_SETTING.findall(path.read_text())}
    page = (HOME / "docs/run-it.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([A-Z_]+)`", page, re.MULTILINE)) == read


def test_secrets_are_marked_as_such():
    text = (HOME / "portal/settings.py").read_text(encoding="utf-8")
    page = (HOME / "docs/run-it.md").read_text(encoding="utf-8")
    secrets = set(re.findall(r'env\.secret\("(\w+)"', text))
    assert set(re.findall(r"^\| `([A-Z_]+)` †", page, re.MULTILINE)) == secrets


def test_every_table_is_in_the_map_of_personal_data():
    page = (HOME / "docs/data.md").read_text(encoding="utf-8")
    models = [*apps.get_app_config("pitches").get_models(), *apps.get_app_config("portal").get_models()]
    assert [model.__name__ for model in models if f"`{model.__name__}`" not in page] == []


def test_the_changes_have_the_version():
    version = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert f"\n## {version} " in (HOME / "CHANGELOG.md").read_text(encoding="utf-8")


def test_links_between_documents_lead_somewhere():
    broken = [
        (name_of(page), link)
        for page in tracked(".md")
        for link in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if "://" not in link and not (page.parent / link).exists()
    ]
    assert broken == []


def test_documented_commands_exist():
    known = set(get_commands())
    found = {
        (name_of(page), command)
        for page in tracked(".md")
        for command in re.findall(r"manage\.py (\w+)", page.read_text(encoding="utf-8"))
    }
    assert {(page, command) for page, command in found if command not in known} == set()


def test_named_targets_of_make_exist():
    makefile = (HOME / "Makefile").read_text(encoding="utf-8")
    named = {
        target
        for path in (HOME / "Makefile", *tracked(".md", ".py"))
        for target in re.findall(r"`make (\w+)|^# make (\w+)|   make (\w+)  ", path.read_text(), re.MULTILINE)
        for target in filter(None, target)
    }
    assert {"run", "test", "pictures"} - named == set()
    assert named - set(re.findall(r"^(\w+):", makefile, re.MULTILINE)) == set()


def test_the_fonts_keep_their_licences():
    fonts = {path.name for path in tracked(".woff2")}
    assert fonts == {"ahn.woff2", "young-serif.woff2"}
    for licence in ("atkinson-OFL.txt", "young-serif-OFL.txt"):
        assert "SIL OPEN FONT LICENSE" in (HOME / "static/fonts" / licence).read_text(encoding="utf-8")


# ── templates ────────────────────────────────────────────────────────────────


def test_every_template_is_used():
    sources = [path for path in tracked(".py", ".html") if "tests" not in path.parts]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    names = [str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")]
    ours = [name for name in names if not name.startswith(NAMED_ELSEWHERE) and "/" in name]
    assert [name for name in ours if f'"{name}"' not in text] == []


def test_templates_over_a_library_have_something_under_them():
    library = Path(allauth.__file__).parent / "templates"
    shared = {"account/base_confirm_code.html"}
    names = [str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")]
    over = [name for name in names if name.startswith(("account/", "allauth/", "mfa/", "usersessions/"))]
    assert [name for name in over if name not in shared and not (library / name).exists()] == []


def test_every_class_of_the_stylesheet_is_used():
    css = re.sub(r"url\([^)]*\)|\d*\.\d+\w*", "", (HOME / "static/halfdoor.css").read_text(encoding="utf-8"))
    names = {name for name in re.findall(r"\.([a-zA-Z][\w-]*)", css) if not name.startswith(("p-", "mark-", "gap-"))}
    sources = [path for path in tracked(".py", ".html", ".js") if "tests" not in path.parts]
    words = set(re.findall(r"[\w-]+", "\n".join(path.read_text(encoding="utf-8") for path in sources)))
    assert names - words == set()


def test_every_error_page_is_answered_with():
    errors = (HOME / "portal/errors.py").read_text(encoding="utf-8")
    codes = set(re.findall(r"_page\(request, (\d+)", errors)) | {"429"}  # that one is of the library's limits
    assert {path.stem for path in (TEMPLATES / "errors").glob("*.html")} == codes | {"base"}


def test_sentences_in_templates_are_trimmed():
    untrimmed = [
        (name_of(path), tag)
        for path in tracked(".html", ".txt", ".mjml")
        for tag in re.findall(r"{%\s*blocktranslate\b[^%]*%}", path.read_text(encoding="utf-8"))
        if " trimmed" not in tag
    ]
    assert untrimmed == []


def test_templates_carry_no_style_and_no_script_of_their_own():
    inline = re.compile(r"\sstyle=|<style|<script(?![^>]*\bsrc=)|\son[a-z]+=\"")
    pages = [path for path in TEMPLATES.rglob("*.html") if "email" not in path.parts]
    assert [name_of(path) for path in pages if inline.search(path.read_text(encoding="utf-8"))] == []


def test_only_mails_and_our_own_drawings_are_not_escaped():
    unescaped = re.compile(r"\|\s*safe\b|\|\s*safeseq\b|autoescape off|mark_safe\(|SafeString\(")
    sources = [path for path in tracked(".py", ".html") if "tests" not in path.parts]
    found = {name_of(path): unescaped.findall(path.read_text(encoding="utf-8")) for path in sources}
    assert {name: hits for name, hits in found.items() if hits} == {"portal/templatetags/portal.py": ["mark_safe("]}


def test_every_mail_has_its_three_files():
    folders = {path.name: {file.name for file in path.iterdir()} for path in (TEMPLATES / "email").glob("*/")}
    assert folders.keys() == catalogue.KINDS.keys()
    assert {kind: files for kind, files in folders.items() if files != {"subject.txt", "body.txt", "body.mjml"}} == {}
