"""Everything that a use case may need, in one argument; there are no globals."""

from dataclasses import dataclass

from federation.outbound import Outbound
from node.caches import Caches
from node.config import Config
from node.domains import DomainRules
from node.gate import Gate
from node.site import Site
from node.stores import Stores
from storage.database import Database


@dataclass(frozen=True, slots=True)
class Context:
    """The node at work: what it was told to be, its memory, its files, its voice, whom it does not talk to, and how much it takes in."""

    config: Config
    site: Site
    database: Database
    stores: Stores
    outbound: Outbound
    domains: DomainRules
    caches: Caches
    gate: Gate
