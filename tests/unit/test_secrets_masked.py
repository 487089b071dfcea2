"""Secrets never leave a file, whatever kind of file it is."""

from __future__ import annotations

import pytest

from cornerman.context.privacy import looks_secret
from cornerman.core.secrets import masked

SECRETS = (
    'key = "AKIA' + "ABCDEFGHIJKLMNOP" + '"',
    'token = "ghp_' + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8" + '"',
    "Authorization: Bearer eyJ" + "hbGciOiJIUzI1NiJ9.eyJ" + "zdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJl",
    'url = "postgres://user:' + "hunter2horse" + '@db/x"',
    'PASSWORD = "' + "correct-horse-battery" + '"',
    "db_password: str = '" + "correct-horse-battery" + "'",
    '"api_key": "' + "0f9e8d7c6b5a" + '"',
    'x = "' + "q7Zt9LmX2vBn8KcR4wPd6HsJ" + '"',
    'digest = "' + "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b" + '"',
)
SECRET_PARTS = (
    *("ABCDEFGHIJKLMNOP", "a1B2c3D4e5F6", "zdWIiOiIxMjM0", "hunter2horse", "correct-horse"),
    *("correct-horse", "0f9e8d7c6b5a", "q7Zt9LmX2vBn8", "9f86d081884c7d65"),
)


@pytest.mark.parametrize(("text", "part"), list(zip(SECRETS, SECRET_PARTS, strict=True)))
def test_secrets_are_masked_and_nothing_moves(text: str, part: str) -> None:
    hidden = masked(f"before\n{text}\nafter")
    assert part not in hidden
    assert len(hidden) == len(f"before\n{text}\nafter")
    assert hidden.startswith("before\n")
    assert hidden.endswith("\nafter")


def test_private_keys_are_masked_line_by_line() -> None:
    key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAKC\n-----END RSA PRIVATE KEY-----\nx = 1\n"
    hidden = masked(key)
    assert "MIIEow" not in hidden
    assert hidden.count("\n") == key.count("\n")
    assert hidden.endswith("x = 1\n")


@pytest.mark.parametrize(
    "code",
    [
        "password = getpass()",
        'parser.add_argument("--password-file", help="where it is")',
        'NAME = "a_rather_long_but_readable_constant_name"',
        'from base64 import b64encode\nurl = "https://example.org/some/path/to/a/page.html"',
        "token = tokens[position]",
    ],
)
def test_code_without_secrets_stays_as_it_is(code: str) -> None:
    assert masked(code) == code


@pytest.mark.parametrize(
    "path",
    [
        *(".env", "app/.env.local", "deploy/server.pem", ".ssh/config", "Credentials.json"),
        *("config/secrets.yaml", "infra/prod.tfvars", "service-account-dev.json", "id_rsa"),
    ],
)
def test_files_of_secrets_are_known_by_their_names(path: str) -> None:
    assert looks_secret(path)


@pytest.mark.parametrize("path", ["app/environment.py", "keys.py", "secretary.py", "pem.go"])
def test_other_files_are_not(path: str) -> None:
    assert not looks_secret(path)
