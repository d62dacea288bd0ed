"""What can go wrong with what we keep."""


class StorageError(Exception):
    """Anything that the memory refuses. Never raised itself.

    StorageError
    ├── Missing         there is no such row, or what a row refers to is not there
    ├── Taken           a row with that key stands already
    ├── Unfit           a value that no column can hold (a number beyond 64 bits, half a character)
    ├── Busy            another process held the database for too long   -> try again
    ├── Unusable        the database cannot be opened, read or written (damaged, not a database)
    │   └── Full        there is no room on the disk; what is there can be read
    └── WrongSchema     a schema that this version does not know; the text says which command mends it
    """


class Missing(StorageError):
    """There is no such row, or what a row refers to is not there."""


class Taken(StorageError):
    """A row with that key stands already."""


class Unfit(StorageError):
    """A value that no column can hold."""


class Busy(StorageError):
    """Another process held the database for too long."""


class Unusable(StorageError):
    """The database cannot be opened, read or written."""


class Full(Unusable):
    """There is no room on the disk: nothing can be written, what is there can be read."""


class WrongSchema(StorageError):
    """A schema that this version does not know."""
