"""Settings: what ``initialize`` brought, ``workspace/configuration`` and its change."""

from __future__ import annotations

import logging

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from cornerman.protocol.inline_completion import update_registration
from cornerman.protocol.language_server import CornermanServer
from cornerman.settings import load

logger = logging.getLogger(__name__)

SECTION = "cornerman"
_REGISTRATION_ID = "cornerman.configuration"


def apply(ls: CornermanServer, configuration: object) -> None:
    """Use ``configuration`` on top of what came with ``initialize``, and tell what is wrong.

    The user's own file and that of a workspace which is trusted weigh less than both.
    """
    ls.configuration = configuration
    folders = ls.client.trusted_folders
    ls.settings_files.expect(folders)
    settings, problems = load(folders, (ls.initial_options, configuration))
    ls.session.configure(settings)
    ls.status.refresh()
    for problem in problems:
        ls.warn(problem)


async def begin(ls: CornermanServer) -> None:
    """Ask for the settings and for word of their changes, as far as the client can do that."""
    if ls.client.registers_configuration:
        options = types.DidChangeConfigurationRegistrationOptions(section=SECTION)
        method = types.WORKSPACE_DID_CHANGE_CONFIGURATION
        registration = types.Registration(_REGISTRATION_ID, method, options)
        try:
            await ls.client_register_capability_async(types.RegistrationParams([registration]))
        except JsonRpcException:
            logger.warning("the client refused to report changes of the settings")
    await _pull(ls)


async def read_again(ls: CornermanServer) -> None:
    """A file of settings has changed: use it with what the editor said last."""
    apply(ls, ls.configuration)
    await update_registration(ls)


async def did_change_configuration(
    ls: CornermanServer, params: types.DidChangeConfigurationParams
) -> None:
    """Take the new settings, or ask for them when the notification does not carry them."""
    if params.settings is None:
        await _pull(ls)
    else:
        apply(ls, params.settings)
        await update_registration(ls)


async def _pull(ls: CornermanServer) -> None:
    if not ls.client.answers_configuration:
        return
    item = types.ConfigurationItem(section=SECTION)
    try:
        answer = await ls.workspace_configuration_async(types.ConfigurationParams([item]))
    except JsonRpcException:
        logger.warning("the client refused to tell its settings")
        return
    apply(ls, answer[0] if isinstance(answer, list) and answer else None)
    await update_registration(ls)
