"""A random secret of this data folder, in a file that its owner alone may read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from faircut.errors import IntegrityError

SECRET_BYTES = 32


def open_secret(path: Path, loss: str) -> bytes:
    """Reads the secret, making it first where it is missing. Two processes that start at once agree on one.

    ``loss`` says what is lost when the file is deleted, for the remedy of IntegrityError, raised when it was changed.
    """
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    if not path.exists():
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_bytes(SECRET_BYTES))
                file.flush()
                os.fsync(file.fileno())
            # A hard link does not replace: whoever comes second keeps the secret of the first.
            os.link(temporary, path)
        except FileExistsError:
            pass
        finally:
            temporary.unlink(missing_ok=True)
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)
    secret = path.read_bytes()
    if len(secret) != SECRET_BYTES:
        raise IntegrityError(
            f"{path.name} does not hold {SECRET_BYTES} bytes.", remedy=f"Delete it: {loss}, and it is made anew."
        )
    return secret
