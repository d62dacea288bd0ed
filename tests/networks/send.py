"""Posts a signed activity from inside of a host: argv inbox URL, key id, file of the private key (PEM), file of the activity (JSON)."""

import ssl
import sys
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.serialization import load_pem_private_key

from federation import cavage
from federation.keys import Signer


def main() -> None:
    inbox, key_id, key_file, activity = sys.argv[1:]
    body = Path(activity).read_bytes()
    signer = Signer(key_id, load_pem_private_key(Path(key_file).read_bytes(), None))  # type: ignore[arg-type]  # an RSA key
    headers = cavage.sign(signer, "POST", inbox, body, datetime.now(UTC)) | {"Content-Type": "application/activity+json"}
    try:
        with urllib.request.urlopen(urllib.request.Request(inbox, body, headers), context=ssl.create_default_context()) as answer:
            print(answer.status)
    except urllib.error.HTTPError as error:
        print(error.code)


if __name__ == "__main__":
    main()
