"""Which schema this version knows. Looked at on every start, so it needs neither Alembic nor SQLAlchemy."""

from storage.database import Connection, one_value
from storage.errors import WrongSchema

COPYING = "copying"  # of a database that `storage.copying` has not finished
HEAD = "0016"  # the newest revision in storage/migrations/versions; a test holds the two together


def check_schema(db: Connection) -> None:
    """Nothing where the database has the schema that this code was written for. Raises WrongSchema, saying what mends it."""
    found = one_value(db.execute("SELECT version_num FROM alembic_version"))
    if found == HEAD:
        return
    if found == COPYING:
        raise WrongSchema("this database is half a copy: run `hedgerow copy-database` again, it goes on where it was")
    if found is None or found < HEAD:
        raise WrongSchema(f"the database has schema {found or 'none'}, this version needs {HEAD}: run `hedgerow upgrade`")
    raise WrongSchema(f"the database has schema {found}, newer than this version's {HEAD}: install the newer Hedgerow")
