"""The part of a client's capabilities that this server acts on.

Checked by our own small model, so that a capability nobody here has heard of yet cannot keep an
editor from starting.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic.alias_generators import to_camel


class Body(BaseModel):
    """An object on the wire; keys that are not declared are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True, alias_generator=to_camel)


class Dynamic(Body):
    """What can be registered at any time, if the client says so."""

    dynamic_registration: bool | None = None


class WorkspaceFolder(Body):
    """A folder that is open in the editor."""

    uri: str


class Resolve(Body):
    """The properties of an item that the client asks for later."""

    properties: list[str] = Field(default_factory=list)


class CodeActionSupport(Body):
    """``textDocument.codeAction``. Without literals a client knows commands only."""

    code_action_literal_support: dict[str, object] | None = None
    disabled_support: bool | None = None
    data_support: bool | None = None
    resolve_support: Resolve | None = None


class TextDocumentSupport(Body):
    """``textDocument``."""

    inline_completion: Dynamic | None = None
    code_action: CodeActionSupport | None = None


class WorkspaceEditSupport(Body):
    """``workspace.workspaceEdit``."""

    document_changes: bool | None = None
    resource_operations: list[str] = Field(default_factory=list)
    change_annotation_support: dict[str, object] | None = None


class WorkspaceSupport(Body):
    """``workspace``."""

    configuration: bool | None = None
    did_change_configuration: Dynamic | None = None
    did_change_watched_files: Dynamic | None = None
    apply_edit: bool | None = None
    workspace_edit: WorkspaceEditSupport | None = None


class ShowDocumentSupport(Body):
    """``window.showDocument``."""

    support: bool | None = None


class WindowSupport(Body):
    """``window``."""

    work_done_progress: bool | None = None
    show_document: ShowDocumentSupport | None = None


class GeneralSupport(Body):
    """``general``."""

    position_encodings: list[str] | None = None


class PluginSupport(Body):
    """``experimental.cornerman``: what a plugin made for this server says about itself."""

    status: bool = False
    asks_for_instruction: bool = False
    previews_edits: bool = False
    shows_text: bool = False
    distrusts_workspace: bool = False


class Capabilities(Body):
    """``capabilities`` of ``initialize``."""

    text_document: TextDocumentSupport | None = None
    workspace: WorkspaceSupport | None = None
    window: WindowSupport | None = None
    general: GeneralSupport | None = None
    experimental: PluginSupport = Field(default_factory=PluginSupport)

    @field_validator("experimental", mode="before")
    @classmethod
    def _ours(cls, raw: object) -> object:
        """Anything may stand in ``experimental``; what is not ours or not sound counts as none."""
        ours = cast("Mapping[str, object]", raw).get("cornerman") if _is_object(raw) else None
        if not _is_object(ours):
            return {}
        return {key: value is True for key, value in cast("Mapping[str, object]", ours).items()}


def _is_object(value: object) -> bool:
    return isinstance(value, Mapping)
