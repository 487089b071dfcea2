"""What model families have in common, whatever their size: their marks, and what they may stand in.

Each family names the documentation its marks come from; "unverified" says what was not found there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from cornerman.core.generation import Control


@dataclass(frozen=True, slots=True)
class FimTokens:
    """The control tokens a family marks the parts with; ``middle`` is empty where it has none."""

    prefix: Control
    suffix: Control
    middle: tuple[Control, ...]

    @property
    def texts(self) -> frozenset[str]:
        """How they are spelled."""
        return frozenset(mark.token for mark in (self.prefix, self.suffix, *self.middle))


@dataclass(frozen=True, slots=True)
class FileMarks:
    """The control tokens in front of a repository's name and of each file's path.

    ``path_in_prefix`` says that the path of the file to be completed stands behind the prefix's
    mark, not in front of it. ``ends_file`` says that ``file`` stands between two files, not in
    front of each. ``after_repository`` stands between the repository's name and the first file.
    """

    file: Control
    repository: Control | None = None
    after_repository: str = ""
    path_in_prefix: bool = False
    ends_file: bool = False

    @property
    def texts(self) -> frozenset[str]:
        """How they are spelled."""
        marks = (self.file, self.repository)
        return frozenset(mark.token for mark in marks if mark is not None)


@dataclass(frozen=True, slots=True)
class Family:
    """Models that were trained on the same marks.

    ``layouts`` are the names of what ``prompting.layouts`` can do with them, the default first.
    ``files`` is None where files are told apart by comments. ``has_path`` says that the document's
    path helps even without other files. ``reference`` is where the marks and their order are
    documented.
    """

    layouts: tuple[str, ...]
    reference: str
    fim: FimTokens | None = None
    files: FileMarks | None = None
    has_path: bool = False


def _fim(prefix: str, suffix: str, *middle: str) -> FimTokens:
    return FimTokens(Control(prefix), Control(suffix), tuple(map(Control, middle)))


_ANY_ORDER = ("suffix-first", "anchored", "psm")
_ANCHORED = ("anchored", "suffix-first", "psm")
_SUFFIX_PREFIX = ("suffix-prefix",)
"""The one order of families that were trained on the suffix's mark first."""
_CONTINUATION = ("continuation",)

_QWEN_FIM = _fim("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>")
_QWEN_FILES = FileMarks(Control("<|file_sep|>"), Control("<|repo_name|>"), after_repository="\n")
_BIGCODE_FIM = _fim("<fim_prefix>", "<fim_suffix>", "<fim_middle>")

FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        # has_path is off by measurement, too: with it the 0.5B guessed as many of 30 lines and
        # blocks exactly (8), and the others were less alike what was wanted (52 % against 57 %).
        "qwen2.5-coder": Family(
            _ANY_ORDER,
            "README of Qwen2.5-Coder (PSM, repository level); suffix-first is our measurement",
            _QWEN_FIM,
            _QWEN_FILES,
        ),
        "qwen3-coder": Family(
            _ANCHORED, "README of Qwen3-Coder (PSM, repository level)", _QWEN_FIM, _QWEN_FILES
        ),
        "starcoder2": Family(
            _ANY_ORDER,
            "StarCoder 2 and The Stack v2, section 5 (half PSM, half SPM; path behind the prefix)",
            _BIGCODE_FIM,
            FileMarks(Control("<file_sep>"), Control("<repo_name>"), path_in_prefix=True),
        ),
        "codellama": Family(
            _ANY_ORDER,
            "Meta's prompt formats of Code Llama (PSM and SPM), infilling in its generation.py",
            _fim("▁<PRE>", "▁<SUF>", "▁<MID>"),
        ),
        "deepseek-coder": Family(
            _ANCHORED,
            "README of DeepSeek-Coder (PSM; files under comments with their paths)",
            _fim("<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>"),
        ),
        "codegemma": Family(
            _ANY_ORDER,
            "Google's prompt structure of CodeGemma (PSM), its report (PSM and SPM); unverified: "
            "where a path stands between separators",
            _QWEN_FIM,
            FileMarks(Control("<|file_separator|>"), ends_file=True),
        ),
        "codestral": Family(
            _SUFFIX_PREFIX,
            "mistral-common, encode_fim: suffix, prefix, no mark of the middle",
            _fim("[PREFIX]", "[SUFFIX]"),
        ),
        "granite-code": Family(
            _ANY_ORDER,
            "report of the Granite code models (PSM and SPM); unverified: marks of files",
            _BIGCODE_FIM,
        ),
        "mellum": Family(
            _SUFFIX_PREFIX,
            "report of Mellum (S-P-M order); unverified: the marks of files, from its model card",
            _BIGCODE_FIM,
            FileMarks(Control("<filename>"), Control("<reponame>")),
        ),
        "seed-coder": Family(
            _SUFFIX_PREFIX,
            "report of Seed-Coder (S-P-M order); unverified: marks of files",
            _fim("<[fim-prefix]>", "<[fim-suffix]>", "<[fim-middle]>"),
        ),
        "mistral": Family(_CONTINUATION, "no fill-in-the-middle"),
        "phi-3": Family(_CONTINUATION, "no fill-in-the-middle"),
        "gemma": Family(_CONTINUATION, "no fill-in-the-middle"),
        "llama-3": Family(_CONTINUATION, "no fill-in-the-middle"),
        "smollm2": Family(_CONTINUATION, "no fill-in-the-middle"),
    }
)

FIM_TOKENS: Mapping[str, FimTokens] = MappingProxyType(
    {name: family.fim for name, family in FAMILIES.items() if family.fim is not None}
)


def family_among(control_tokens: Collection[str]) -> str | None:
    """The first family all of whose fill-in-the-middle marks a vocabulary has; None without one."""
    known = frozenset(control_tokens)
    return next((name for name, fim in FIM_TOKENS.items() if fim.texts <= known), None)


MARKS: frozenset[str] = frozenset(
    text
    for family in FAMILIES.values()
    for marks in (family.fim, family.files)
    if marks is not None
    for text in marks.texts
)
"""The spelling of every mark of every family: control tokens whatever a model's file calls them."""
