"""The languages that are known, one row each; a grammar is loaded on first use.

A language without a row works by indentation and brackets alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from typing import cast

from tree_sitter import Language

from cornerman.core.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class LanguageSpec:
    """How a language's text reads, where its grammar is, and which of its nodes matter.

    ``wheel`` is the module that holds the grammar and ``function`` what returns it. The nodes are
    named by the grammar: ``strings`` and ``comments``, ``code_inside`` what is code again within
    a string, ``definitions`` functions, classes and their like.
    """

    wheel: str
    lexicon: Lexicon
    definitions: frozenset[str] = frozenset()
    strings: frozenset[str] = frozenset({"string"})
    comments: frozenset[str] = frozenset({"comment"})
    code_inside: frozenset[str] = frozenset()
    function: str = "language"


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


_CHARACTER = r"'(?:\\[^'\n]+|[^'\\\n])'"
_BRACES = Lexicon(
    line_comments=("//",),
    block_comments=(("/*", "*/"),),
    character=_CHARACTER,
    block_opener=r"[{(\[]",
    finished=r";",
)
_SCRIPT = replace(_BRACES, quotes="\"'", long_quotes=("`",), character="")
_MARKUP = Lexicon(quotes="", has_brackets=False, block_opener=r"(?!)", is_strict=False)
_KEYWORD_OPENERS = r"\b(?:then|do|else|repeat)|[{(\[]"

_SCRIPT_DEFINITIONS = _names(
    "function_declaration function_expression generator_function_declaration arrow_function"
    " method_definition class_declaration class abstract_class_declaration interface_declaration"
    " enum_declaration"
)
_C_DEFINITIONS = _names("function_definition struct_specifier enum_specifier class_specifier")
_C_STRINGS = _names("string_literal raw_string_literal system_lib_string char_literal")

_PYTHON = LanguageSpec(
    "tree_sitter_python",
    Lexicon(
        line_comments=("#",),
        quotes="\"'",
        long_quotes=('"""', "'''"),
        block_closer="",
        finished=r"(?:^|[\s:;])(?:pass|break|continue)",
        has_strict_indents=True,
    ),
    _names("function_definition class_definition"),
    code_inside=_names("interpolation"),
)
_JAVASCRIPT = LanguageSpec(
    "tree_sitter_javascript",
    _SCRIPT,
    _SCRIPT_DEFINITIONS,
    strings=_names("string template_string"),
    code_inside=_names("template_substitution"),
)
_TYPESCRIPT = replace(_JAVASCRIPT, wheel="tree_sitter_typescript", function="language_typescript")
_BASH = LanguageSpec(
    "tree_sitter_bash",
    Lexicon(
        line_comments=("#",),
        quotes="\"'",
        block_opener=_KEYWORD_OPENERS,
        block_closer=r"[)\]}]|fi\b|done\b|esac\b",
    ),
    _names("function_definition"),
    strings=_names("string raw_string ansi_c_string heredoc_body"),
    code_inside=_names("expansion command_substitution"),
)
_JSON = LanguageSpec("tree_sitter_json", replace(_BRACES, character="", finished=""))

# By LSP language id.
LANGUAGES: Mapping[str, LanguageSpec] = {
    "python": _PYTHON,
    "javascript": _JAVASCRIPT,
    "javascriptreact": _JAVASCRIPT,
    "typescript": _TYPESCRIPT,
    "typescriptreact": replace(_TYPESCRIPT, function="language_tsx"),
    "go": LanguageSpec(
        "tree_sitter_go",
        replace(_BRACES, long_quotes=("`",), block_opener=r"[:{(\[]", finished=""),
        _names("function_declaration method_declaration type_declaration func_literal"),
        strings=_names("interpreted_string_literal raw_string_literal rune_literal"),
    ),
    "rust": LanguageSpec(
        "tree_sitter_rust",
        _BRACES,
        _names("function_item struct_item enum_item impl_item trait_item mod_item"),
        strings=_names("string_literal raw_string_literal char_literal"),
        comments=_names("line_comment block_comment"),
    ),
    "java": LanguageSpec(
        "tree_sitter_java",
        replace(_BRACES, long_quotes=('"""',)),
        _names(
            "method_declaration constructor_declaration class_declaration interface_declaration"
            " enum_declaration record_declaration"
        ),
        strings=_names("string_literal character_literal"),
        comments=_names("line_comment block_comment"),
        code_inside=_names("string_interpolation"),
    ),
    "c": LanguageSpec("tree_sitter_c", _BRACES, _C_DEFINITIONS, strings=_C_STRINGS),
    "cpp": LanguageSpec("tree_sitter_cpp", _BRACES, _C_DEFINITIONS, strings=_C_STRINGS),
    "csharp": LanguageSpec(
        "tree_sitter_c_sharp",
        replace(_BRACES, long_quotes=('"""',)),
        _names(
            "method_declaration constructor_declaration class_declaration interface_declaration"
            " struct_declaration record_declaration enum_declaration local_function_statement"
        ),
        strings=_names(
            "string_literal verbatim_string_literal raw_string_literal character_literal"
            " interpolated_string_expression"
        ),
        code_inside=_names("interpolation"),
    ),
    "ruby": LanguageSpec(
        "tree_sitter_ruby",
        Lexicon(
            line_comments=("#",),
            quotes="\"'",
            block_opener=r"^\s*(?:def|class|module|if|unless|while|until|case|for)\b.*"
            r"|\b(?:begin|else|do(?:\s*\|[^|]*\|)?)|[{(\[]",
            block_closer=r"[)\]}]|end\b",
        ),
        _names("method singleton_method class module"),
        strings=_names("string heredoc_body character"),
        code_inside=_names("interpolation"),
    ),
    "php": LanguageSpec(
        "tree_sitter_php",
        replace(_BRACES, line_comments=("//", "#"), quotes="\"'", character=""),
        _names(
            "function_definition method_declaration class_declaration interface_declaration"
            " trait_declaration enum_declaration"
        ),
        strings=_names("string encapsed_string heredoc_body nowdoc_string"),
        function="language_php",
    ),
    "lua": LanguageSpec(
        "tree_sitter_lua",
        Lexicon(
            line_comments=("--",),
            block_comments=(("--[[", "]]"),),
            quotes="\"'",
            block_opener=_KEYWORD_OPENERS + r"|\bfunction\b[^()]*\([^()]*\)",
            block_closer=r"[)\]}]|end\b|until\b",
        ),
        _names("function_declaration function_definition"),
    ),
    "shellscript": _BASH,
    "html": LanguageSpec(
        "tree_sitter_html",
        replace(_MARKUP, block_comments=(("<!--", "-->"),)),
        strings=_names("quoted_attribute_value"),
    ),
    "css": LanguageSpec(
        "tree_sitter_css",
        Lexicon(block_comments=(("/*", "*/"),), quotes="\"'", block_opener=r"\{", finished=r";"),
        strings=_names("string_value"),
    ),
    "json": _JSON,
    "jsonc": _JSON,
    "yaml": LanguageSpec(
        "tree_sitter_yaml",
        Lexicon(line_comments=("#",), quotes='"', block_opener=r":", block_closer=""),
        strings=_names("double_quote_scalar single_quote_scalar"),
    ),
    "toml": LanguageSpec("tree_sitter_toml", Lexicon(line_comments=("#",), quotes="\"'")),
    "markdown": LanguageSpec("tree_sitter_markdown", _MARKUP),
}

_ALIASES: Mapping[str, str] = {
    "bash": "shellscript",
    "sh": "shellscript",
    "zsh": "shellscript",
    "c++": "cpp",
    "cs": "csharp",
    "tsx": "typescriptreact",
    "jsx": "javascriptreact",
    "golang": "go",
}

_UNKNOWN = Lexicon()


def spec(language_id: str) -> LanguageSpec | None:
    """What is known about an LSP language id, or None."""
    return LANGUAGES.get(_ALIASES.get(language_id, language_id))


def lexicon(language_id: str) -> Lexicon:
    """How text of a language reads; a guess for a language that is not known."""
    known = spec(language_id)
    return known.lexicon if known else _UNKNOWN


def grammar(language: LanguageSpec) -> Language:
    """The tree-sitter grammar of a language."""
    return _load(language.wheel, language.function)


@cache
def _load(wheel: str, function: str) -> Language:
    load = cast("Callable[[], object]", getattr(import_module(wheel), function))
    return Language(load())
