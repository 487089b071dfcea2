"""Every row of the table of languages: its grammar loads, its nodes exist, its text is read."""

from __future__ import annotations

import pytest
from tree_sitter import Language

from cornerman.context.languages import LANGUAGES, grammar, lexicon, spec
from cornerman.context.site import completion_site
from cornerman.context.syntax import SyntaxTree
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.lexicon import tokens
from support.golden import at_cursor, check, completed

# Language: sound code, and code with an error in it.
SAMPLES = {
    "python": ("def f(a):\n    return a\n", "x = = 1\n"),
    "javascript": ("const f = (a) => a;\n", "const = ;\n"),
    "javascriptreact": ("const a = <b>c</b>;\n", "const = ;\n"),
    "typescript": ("const f = (a: number): number => a;\n", "const : = ;\n"),
    "typescriptreact": ("const a: E = <b>c</b>;\n", "const : = ;\n"),
    "go": ("package a\n\nfunc f(a int) int {\n\treturn a\n}\n", "package a\n\nfunc {\n"),
    "rust": ("fn f(a: &'static str) -> char { 'a' }\n", "fn {\n"),
    "java": ("class A { int f(int a) { return a; } }\n", "class { int\n"),
    "c": ("int f(int a) { return a; }\n", "int f(int a { return\n"),
    "cpp": ("class A { int f(int a) { return a; } };\n", "class A { int f(int a { return\n"),
    "csharp": ("class A { int F(int a) { return a; } }\n", "class { int\n"),
    "ruby": ("def f(a)\n  a\nend\n", "def f(a\n"),
    "php": ("<?php\nfunction f($a) { return $a; }\n", "<?php\nfunction {\n"),
    "lua": ("local function f(a)\n  return a\nend\n", "local function (a\n"),
    "shellscript": ('for f in *; do\n  echo "$f"\ndone\n', "for f in ; do do\n"),
    "html": ("<p>a</p>\n", "<p <p\n"),
    "css": ("a { color: red; }\n", "a { color: ; } }\n"),
    "json": ('{"a": [1, 2]}\n', '{"a": [1, 2}\n'),
    "jsonc": ('{"a": [1, 2]} // b\n', '{"a": [1, 2}\n'),
    "yaml": ("a:\n  - b: 1\n", "a: [1\nb: }\n"),
    "toml": ('[a]\nb = "c"\n', "[a\nb = \n"),
}


def document(text: str, language: str) -> DocumentSnapshot:
    return DocumentSnapshot(f"file:///{language}", language, 1, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_grammar_loads_and_knows_the_nodes_of_its_row(language: str) -> None:
    row = LANGUAGES[language]
    loaded = grammar(row)
    assert isinstance(loaded, Language)
    named = {loaded.node_kind_for_id(number) for number in range(loaded.node_kind_count)}
    # One row serves C and C++, one the dialects of JavaScript.
    shared = {"string", "comment", "class_specifier", "raw_string_literal"}
    dialects = {"abstract_class_declaration", "interface_declaration", "enum_declaration"}
    nodes = row.definitions | row.strings | row.comments | row.code_inside
    assert nodes - named <= shared | dialects


@pytest.mark.parametrize("language", sorted(LANGUAGES.keys() - {"markdown"}))
def test_errors_are_seen_in_broken_code_only(language: str) -> None:
    sound, broken = (SyntaxTree.of(document(text, language)) for text in SAMPLES[language])
    assert sound is not None
    assert broken is not None
    assert sound.errors == 0
    assert broken.errors > 0


def test_another_name_of_a_language() -> None:
    assert spec("bash") is spec("shellscript")


def test_an_unknown_language_has_no_syntax_but_a_site() -> None:
    snapshot, offset = at_cursor("func f() {\n  ‸\n}\n", "klingon")
    assert SyntaxTree.of(snapshot) is None
    assert completion_site(snapshot, offset).syntax is None


@pytest.mark.parametrize(
    ("language", "marked", "says", "expected"),
    [
        (
            "go",
            "func f() {\n\t‸\n}\n",
            "x := 1\n\treturn\n}\n",
            "func f() {\n\tx := 1\n\treturn\n}\n",
        ),
        ("rust", "fn f() {\n    ‸\n", "g()\n}\nfn\n", "fn f() {\n    g()\n}\n"),
        ("c", "int a = f(‸);\n", "1, 2);\n", "int a = f(1, 2);\n"),
        (
            "java",
            "class A {\n  int f() {\n    ‸\n  }\n}\n",
            "return 1;\n  }\n}\n",
            "class A {\n  int f() {\n    return 1;\n  }\n}\n",
        ),
        ("json", '{\n  "a": ‸\n}\n', "[\n    1\n  ]\n}\n", '{\n  "a": [\n    1\n  ]\n}\n'),
        ("yaml", "a:\n  ‸\nb: 1\n", "c: 2\n  d: 3\nb: 1\n", "a:\n  c: 2\n  d: 3\nb: 1\n"),
        (
            "css",
            "a {\n  ‸\n}\n",
            "color: red;\n  top: 0;\n}\n",
            "a {\n  color: red;\n  top: 0;\n}\n",
        ),
        (
            "php",
            "<?php\nfunction f() {\n  ‸\n}\n",
            "return [1,\n    2];\n}\n",
            "<?php\nfunction f() {\n  return [1,\n    2];\n}\n",
        ),
        (
            "ruby",
            "x.map do |a|\n  ‸\nend\n",
            "p a\n  p 1\nend\n",
            "x.map do |a|\n  p a\n  p 1\nend\n",
        ),
        ("markdown", "# A (b\n\nIt‸\n", " isn't (so\n", "# A (b\n\nIt isn't (so\n"),
    ],
)
async def test_completion(language: str, marked: str, says: str, expected: str) -> None:
    await check(marked, says, expected, language)


@pytest.mark.parametrize(
    ("language", "marked", "says"),
    [
        ("javascript", "const a = ‸\n", "b c d;\n"),
        ("go", "package a\n\nfunc f() {\n\t‸\n}\n", "x := := 1\n"),
        ("json", '{"a": ‸}\n', "b c\n"),
        ("c", "int f() {\n  ‸\n  return 1;\n}\n", "int = = 2;\n"),
    ],
)
async def test_the_gate_holds_in_every_language(language: str, marked: str, says: str) -> None:
    assert (await completed(marked, says, language)).completion is None


def test_strings_comments_and_characters_are_read() -> None:
    source = "f('(', '\\'', \"[\" /* { */, &'a str) // }\n"
    brackets = [token.text for token in tokens(source, lexicon("rust")) if token.is_bracket]
    assert brackets == ["(", ")"]
    source = "f('''(\n''', \"\\\"(\", '') # ("
    brackets = [token.text for token in tokens(source, lexicon("python")) if token.is_bracket]
    assert brackets == ["(", ")"]
