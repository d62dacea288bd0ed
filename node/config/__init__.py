"""What the keeper decided: one frozen Config out of hedgerow.toml and the environment, checked once."""

from node.config.reading import FILE_NAME, config_from_toml, load_config
from node.config.records import Config

__all__ = ["FILE_NAME", "Config", "config_from_toml", "load_config"]
