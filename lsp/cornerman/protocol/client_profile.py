"""What an editor says about itself in ``initialize``: only what this server acts on.

Checked by our own small model, so that a capability nobody here has heard of yet cannot keep an
editor from starting.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from cornerman.core.positions import PositionEncoding


class _Body(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, strict=True, alias_generator=to_camel)


class _Dynamic(_Body):
    dynamic_registration: bool | None = None


class _TextDocument(_Body):
    inline_completion: _Dynamic | None = None


class _Workspace(_Body):
    configuration: bool | None = None
    did_change_configuration: _Dynamic | None = None


class _General(_Body):
    position_encodings: list[str] | None = None


class _Capabilities(_Body):
    text_document: _TextDocument | None = None
    workspace: _Workspace | None = None
    general: _General | None = None


class ClientProfile(_Body):
    """The parameters of ``initialize``."""

    process_id: int | None = None
    capabilities: _Capabilities = Field(default_factory=_Capabilities)
    initialization_options: object = None

    @property
    def encoding(self) -> PositionEncoding:
        """The first encoding of the client's list that this server knows, else UTF-16."""
        general = self.capabilities.general
        known = {encoding.value: encoding for encoding in PositionEncoding}
        for name in (general.position_encodings if general else None) or ():
            if name in known:
                return known[name]
        return PositionEncoding.UTF16

    @property
    def registers_inline_completion(self) -> bool:
        """True when inline completion can be registered and unregistered at any time."""
        text_document = self.capabilities.text_document
        return _is_dynamic(text_document.inline_completion if text_document else None)

    @property
    def registers_configuration(self) -> bool:
        """True when changes of the settings are reported to whoever registers for them."""
        workspace = self.capabilities.workspace
        return _is_dynamic(workspace.did_change_configuration if workspace else None)

    @property
    def answers_configuration(self) -> bool:
        """True when the settings can be asked for."""
        workspace = self.capabilities.workspace
        return bool(workspace and workspace.configuration)


def _is_dynamic(capability: _Dynamic | None) -> bool:
    return bool(capability and capability.dynamic_registration)
