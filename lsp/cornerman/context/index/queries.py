"""What else to look for in a language's trees, besides functions and classes.

By LSP language id: ``values`` captures the names of variables, constants and types as ``@name``;
``imports`` captures the whole of an import as ``@import``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExtraQueries:
    """Tree-sitter queries of one language; "" where there is nothing to find."""

    values: str = ""
    imports: str = ""


_SCRIPT_VALUES = """
(program (lexical_declaration (variable_declarator name: (identifier) @name)))
(program (export_statement (lexical_declaration (variable_declarator name: (identifier) @name))))
"""
_TYPE_VALUES = "(type_alias_declaration name: (type_identifier) @name)"
_SCRIPT = ExtraQueries(
    _SCRIPT_VALUES + "(field_definition property: (property_identifier) @name)",
    "(import_statement) @import",
)
_TYPED_SCRIPT = ExtraQueries(
    _SCRIPT_VALUES
    + _TYPE_VALUES
    + "(public_field_definition name: (property_identifier) @name)"
    + "(property_signature name: (property_identifier) @name)",
    "(import_statement) @import",
)

EXTRA: Mapping[str, ExtraQueries] = {
    "python": ExtraQueries(
        """
        (module (expression_statement (assignment left: (identifier) @name)))
        (module [(if_statement (block (expression_statement (assignment left: (identifier) @name))))
            (if_statement (else_clause (block (expression_statement
                (assignment left: (identifier) @name)))))
            (try_statement (block (expression_statement (assignment left: (identifier) @name))))
            (try_statement (except_clause (block (expression_statement
                (assignment left: (identifier) @name)))))])
        (class_definition body: (block (expression_statement
            (assignment left: (identifier) @name))))
        (assignment left: (attribute object: (identifier) @object
            attribute: (identifier) @name) (#eq? @object "self"))
        """,
        "[(import_statement) (import_from_statement)] @import",
    ),
    "javascript": _SCRIPT,
    "javascriptreact": _SCRIPT,
    "typescript": _TYPED_SCRIPT,
    "typescriptreact": _TYPED_SCRIPT,
    "go": ExtraQueries(
        "(source_file (const_declaration (const_spec name: (identifier) @name)))"
        "(field_declaration name: (field_identifier) @name)",
        "(import_spec) @import",
    ),
    "rust": ExtraQueries(
        "[(const_item name: (identifier) @name) (static_item name: (identifier) @name)"
        " (type_item name: (type_identifier) @name)]"
        "(field_declaration name: (field_identifier) @name)",
        "(use_declaration) @import",
    ),
    "java": ExtraQueries(
        "(field_declaration declarator: (variable_declarator name: (identifier) @name))",
        "(import_declaration) @import",
    ),
    "c": ExtraQueries(
        "(preproc_def name: (identifier) @name)"
        "(field_declaration declarator: (field_identifier) @name)",
        "(preproc_include) @import",
    ),
    "cpp": ExtraQueries(
        "(preproc_def name: (identifier) @name)"
        "(field_declaration declarator: (field_identifier) @name)",
        "(preproc_include) @import",
    ),
    "csharp": ExtraQueries(
        "(property_declaration name: (identifier) @name)", "(using_directive) @import"
    ),
    "ruby": ExtraQueries(
        "(assignment left: (constant) @name)",
        '((call method: (identifier) @method) @import (#match? @method "^require"))',
    ),
    "php": ExtraQueries("(const_element (name) @name)", "(namespace_use_declaration) @import"),
    "lua": ExtraQueries(
        "", '((function_call name: (identifier) @method) @import (#eq? @method "require"))'
    ),
}
