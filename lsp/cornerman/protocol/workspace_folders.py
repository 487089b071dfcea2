"""The folders of the workspace, and changes of files in them that no editor made."""

from __future__ import annotations

import logging

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from cornerman.core.uris import path_of
from cornerman.protocol.language_server import CornermanServer

logger = logging.getLogger(__name__)

_REGISTRATION_ID = "cornerman.watchedFiles"
_EVERY_FILE = "**/*"


def begin(ls: CornermanServer) -> None:
    """Take the folders that came with ``initialize`` for the workspace."""
    ls.context.set_folders(ls.client.folders)


async def watch(ls: CornermanServer) -> None:
    """Ask to be told of changes on disk; without that the folders are looked through."""
    if not ls.client.registers_watched_files:
        ls.context.look_for_changes()
        return
    options = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher(_EVERY_FILE)])
    registration = types.Registration(
        _REGISTRATION_ID, types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options
    )
    try:
        await ls.client_register_capability_async(types.RegistrationParams([registration]))
    except JsonRpcException:
        logger.warning("the client refused to report changes of files")
        ls.context.look_for_changes()


def did_change_workspace_folders(
    ls: CornermanServer, params: types.DidChangeWorkspaceFoldersParams
) -> None:
    """``workspace/didChangeWorkspaceFolders``: search others from now on."""
    added = [path_of(folder.uri) for folder in params.event.added]
    removed = [path_of(folder.uri) for folder in params.event.removed]
    ls.context.change_folders([path for path in added if path], [p for p in removed if p])


def did_change_watched_files(
    ls: CornermanServer, params: types.DidChangeWatchedFilesParams
) -> None:
    """``workspace/didChangeWatchedFiles``: index these files again."""
    paths = [path_of(change.uri) for change in params.changes]
    ls.context.files_changed([path for path in paths if path is not None])
