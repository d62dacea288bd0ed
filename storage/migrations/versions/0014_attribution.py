"""Who issued and who endorsed stands in a row only where that actor's own key signed; until then the row says who is claimed."""

from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

DID_KEY = "did:key:"
ACTORS = {"awards": "issuer_id", "endorsements": "endorser_id"}
_NOW_MS = {
    "sqlite": "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
    "postgresql": "SELECT CAST(extract(epoch FROM now()) * 1000 AS BIGINT)",
}
_ROWS = {
    "awards": "SELECT w.id, w.issuer_id, a.uri, w.credential FROM awards w JOIN accounts a ON a.id = w.issuer_id",
    "endorsements": "SELECT w.id, w.endorser_id, a.uri, w.credential FROM endorsements w JOIN accounts a ON a.id = w.endorser_id",
}
_BOUND = {table: f"UPDATE {table} SET bound = true, claimed = :claimed, bound_ms = :now WHERE id = :id" for table in ACTORS}
_UNBOUND = {
    table: f"UPDATE {table} SET bound = false, {column} = NULL, claimed = :claimed, bound_ms = :now WHERE id = :id"
    for table, column in ACTORS.items()
}
_KEYS = """
    SELECT 'did:key:' || public_key FROM keys WHERE account_id = :account AND algorithm = 'ed25519'
    UNION SELECT did FROM identities WHERE account_id = :account UNION SELECT did FROM successions WHERE account_id = :account"""


def upgrade() -> None:
    for table, column in ACTORS.items():
        with op.batch_alter_table(table, reflect_kwargs={"resolve_fks": False}) as batch:  # SQLite copies the table
            batch.alter_column(column, existing_type=sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
            batch.add_column(sa.Column("claimed", sa.Text(), nullable=False, server_default=""))  # the actor that the credential names
            batch.add_column(sa.Column("bound", sa.Boolean(), nullable=False, server_default=sa.false()))
            batch.add_column(sa.Column("refused", sa.Boolean(), nullable=False, server_default=sa.false()))
            batch.add_column(sa.Column("bound_ms", sa.BigInteger(), nullable=False, server_default="0"))  # since when it is so
    with op.batch_alter_table("awards", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.add_column(sa.Column("share", sa.BigInteger(), nullable=False, server_default="100"))  # of the best result, in percent
    connection = op.get_bind()
    now_ms = connection.exec_driver_sql(_NOW_MS[connection.dialect.name]).scalar_one()
    for table in ACTORS:
        _look_at(connection, table, now_ms)
    op.execute("UPDATE jobs SET next_ms = 0 WHERE kind = 'look_at_credentials'")  # the rest is looked at with the next start


def _look_at(connection: sa.Connection, table: str, now_ms: int) -> None:
    """Rows whose key their actor is known to have stay theirs; a job looks at the others."""
    for row_id, account_id, uri, text in connection.execute(sa.text(_ROWS[table])).fetchall():
        document = _document(text)
        keys = {row[0] for row in connection.execute(sa.text(_KEYS), {"account": account_id}).fetchall()}
        change = _BOUND if _signer(document) in keys else _UNBOUND
        connection.execute(sa.text(change[table]), {"id": row_id, "claimed": uri, "now": now_ms})
        if table == "awards" and _share(document) != 100:
            connection.execute(sa.text("UPDATE awards SET share = :share WHERE id = :id"), {"share": _share(document), "id": row_id})


def _document(text: str) -> dict[str, Any]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _signer(document: dict[str, Any]) -> str:
    """The did:key that made the proof, '' where issuer and proof name different ones."""
    proof, issuer = document.get("proof"), document.get("issuer")
    method = str(proof.get("verificationMethod")) if isinstance(proof, dict) else ""
    stated = issuer.get("id") if isinstance(issuer, dict) else issuer
    did = method.partition("#")[0]
    return did if did.startswith(DID_KEY) and did == stated else ""


def _share(document: dict[str, Any]) -> int:
    """0 where one result of a test is nothing at all; else 100: the rest is read anew when the row is looked at."""
    subject = document.get("credentialSubject")
    results = subject.get("result") if isinstance(subject, dict) else None
    listed = results if isinstance(results, list) else [results]
    values = [str(each.get("value")).strip() for each in listed if isinstance(each, dict)]
    return 0 if values and all(value in {"0", "0.0", "0%", "0 %"} for value in values) else 100
