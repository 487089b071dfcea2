"""What an editor says about itself in ``initialize``, as questions with one answer each."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pygls.uris import to_fs_path

from cornerman.core.positions import PositionEncoding
from cornerman.protocol.client_capabilities import (
    Body,
    Capabilities,
    CodeActionSupport,
    Dynamic,
    PluginSupport,
    WindowSupport,
    WorkspaceEditSupport,
    WorkspaceFolder,
    WorkspaceSupport,
)


class ClientProfile(Body):
    """The parameters of ``initialize``."""

    process_id: int | None = None
    capabilities: Capabilities = Field(default_factory=Capabilities)
    initialization_options: object = None
    root_uri: str | None = None
    workspace_folders: list[WorkspaceFolder] | None = None

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
    def folders(self) -> tuple[Path, ...]:
        """The folders of the workspace that are on this machine."""
        uris = [folder.uri for folder in self.workspace_folders or ()]
        if not uris and self.root_uri is not None:
            uris = [self.root_uri]
        paths = (to_fs_path(uri) for uri in uris if uri.startswith("file:"))
        return tuple(Path(path) for path in paths if path)

    @property
    def trusted_folders(self) -> tuple[Path, ...]:
        """Those whose files of settings count."""
        return () if self.plugin.distrusts_workspace else self.folders

    @property
    def registers_watched_files(self) -> bool:
        """True when changes of files are reported to whoever registers for them."""
        workspace = self.capabilities.workspace
        return _is_dynamic(workspace.did_change_watched_files if workspace else None)

    @property
    def plugin(self) -> PluginSupport:
        """What a plugin made for this server adds to its editor."""
        return self.capabilities.experimental

    @property
    def registers_inline_completion(self) -> bool:
        """True when inline completion can be registered and unregistered at any time."""
        text_document = self.capabilities.text_document
        return _is_dynamic(text_document.inline_completion if text_document else None)

    @property
    def registers_configuration(self) -> bool:
        """True when changes of the settings are reported to whoever registers for them."""
        return _is_dynamic(self._workspace.did_change_configuration)

    @property
    def answers_configuration(self) -> bool:
        """True when the settings can be asked for."""
        return bool(self._workspace.configuration)

    @property
    def takes_code_actions(self) -> bool:
        """True when code actions may be more than commands."""
        return self._code_action.code_action_literal_support is not None

    @property
    def resolves_edits(self) -> bool:
        """True when the edit of a code action is asked for once the user has chosen it."""
        resolve = self._code_action.resolve_support
        has_data = bool(self._code_action.data_support)
        return (
            self.takes_code_actions and has_data and bool(resolve and "edit" in resolve.properties)
        )

    @property
    def shows_disabled(self) -> bool:
        """True when a code action may say why it cannot be used."""
        return self.takes_code_actions and bool(self._code_action.disabled_support)

    @property
    def applies_edits(self) -> bool:
        """True when the client says that it makes edits for a server; some do without a word."""
        return bool(self._workspace.apply_edit)

    @property
    def takes_document_changes(self) -> bool:
        """True when an edit may name the version of the document it is for.

        Neovim only says so by the files it creates, which cannot be asked for in another form.
        """
        edit = self._workspace_edit
        return bool(edit.document_changes) or bool(edit.resource_operations)

    @property
    def creates_files(self) -> bool:
        """True when an edit may create a file."""
        return "create" in self._workspace_edit.resource_operations

    @property
    def confirms_edits(self) -> bool:
        """True when the editor can ask its user before it makes an edit."""
        annotations = self._workspace_edit.change_annotation_support
        return self.takes_document_changes and annotations is not None

    @property
    def creates_progress(self) -> bool:
        """True when the server may begin a progress of its own."""
        return bool(self._window.work_done_progress)

    @property
    def shows_documents(self) -> bool:
        """True when the server may open a file in the editor."""
        show = self._window.show_document
        return bool(show and show.support)

    @property
    def _workspace(self) -> WorkspaceSupport:
        return self.capabilities.workspace or WorkspaceSupport()

    @property
    def _workspace_edit(self) -> WorkspaceEditSupport:
        return self._workspace.workspace_edit or WorkspaceEditSupport()

    @property
    def _window(self) -> WindowSupport:
        return self.capabilities.window or WindowSupport()

    @property
    def _code_action(self) -> CodeActionSupport:
        text_document = self.capabilities.text_document
        return (text_document.code_action if text_document else None) or CodeActionSupport()


def _is_dynamic(capability: Dynamic | None) -> bool:
    return bool(capability and capability.dynamic_registration)
