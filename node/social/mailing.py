"""Mail, by the server that [mail] names."""

from email.message import EmailMessage

import aiosmtplib

from federation.errors import Denied, Unreachable
from node.context import Context

TIMEOUT_S = 30.0


async def send(context: Context, mail: EmailMessage) -> None:
    """Hands a mail to the keeper's mail server. Raises Unreachable where another try makes sense, Denied where not."""
    config = context.config.mail
    try:
        await aiosmtplib.send(
            mail,
            hostname=config.host,
            port=config.port,
            username=config.user or None,
            password=config.password or None,
            use_tls=config.tls == "tls",
            start_tls=config.tls == "starttls",
            timeout=TIMEOUT_S,
        )
    except aiosmtplib.SMTPRecipientsRefused as error:
        raise Denied("the mail server does not take this address") from error
    except (aiosmtplib.SMTPException, OSError) as error:
        raise Unreachable(f"the mail server: {error}"[:200]) from error
