"""Which files may be shown to a model at all."""

from __future__ import annotations

from collections.abc import Sequence

from pathspec import GitIgnoreSpec

# In the form of .gitignore; names are compared in lower case.
_SECRET_FILES = GitIgnoreSpec.from_lines(
    [
        *(".env", ".env.*", "*.env", ".envrc", ".netrc", "_netrc", ".pgpass", ".my.cnf"),
        *(".htpasswd", ".npmrc", ".pypirc", ".git-credentials", ".dockercfg", ".vault-token"),
        *("*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.keystore", "*.kdbx", "*.asc", "*.gpg"),
        *("id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*", "*.ppk", "*.ovpn"),
        *("credentials", "credentials.*", "*credentials*.json", "*credentials*.y*ml"),
        *("secret.*", "secrets.*", "*.secret", "*.secrets", "secrets/", "*-secret.y*ml"),
        *("service-account*.json", "service_account*.json", "client_secret*.json"),
        *("*.tfstate", "*.tfstate.*", "*.tfvars", "kubeconfig", "local.settings.json"),
        *(".ssh/", ".gnupg/", ".aws/", ".azure/", ".kube/", ".docker/", ".password-store/"),
    ]
)


def looks_secret(path: str) -> bool:
    """True if a file is known to hold secrets by its name or folder; ``/`` parts ``path``."""
    return _SECRET_FILES.match_file(path.lower().lstrip("/"))


def excluding(patterns: Sequence[str]) -> GitIgnoreSpec:
    """The user's own list, in the form of ``.gitignore``.

    Raises:
        ValueError: a line is not a pattern.
    """
    return GitIgnoreSpec.from_lines(patterns)
