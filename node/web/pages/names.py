"""Where accounts and posts have their pages, and what stands for a missing picture."""

from storage.records import Account

COLOURS = 6  # of the letters that stand for pictures; the stylesheet has a rule for each


def profile_path(account: Account) -> str:
    """`/@ada`, `/@ada@other.example`."""
    return f"/@{account.handle}"


def post_path(account: Account, post_id: int) -> str:
    """`/@ada/1`, `/@ada@other.example/1`."""
    return f"/@{account.handle}/{post_id}"


def award_path(award_id: int, issuer: Account | None, recipient: Account) -> str:
    """Where an achievement has its page: under who issued it, where that is one of ours, else under who has it."""
    return f"{profile_path(issuer if issuer is not None and issuer.is_local else recipient)}/achievements/{award_id}"


def full_handle(account: Account, handle_domain: str) -> str:
    """`@name@domain` for ours too: what people elsewhere type."""
    return f"@{account.name}@{account.domain or handle_domain}"


def letter(account: Account) -> tuple[str, int]:
    """A letter and the number of a colour for an account without a picture."""
    first = next((sign for sign in account.title if sign.isalnum()), "·")
    return first.upper(), account.id % COLOURS
