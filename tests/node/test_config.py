"""The keeper's configuration: what is read, what is refused, and that the documentation says the same."""

import dataclasses
import json
import re
from pathlib import Path

import pytest

from node.config import Config, config_from_toml, load_config
from node.config.records import SECTIONS
from node.errors import Misconfigured

URL = '[node]\nurl = "https://hedge.example"\n'
DOCUMENTATION = Path(__file__).parents[2] / "docs" / "configuration.md"


def read(text: str = URL, **environ: str) -> Config:
    return config_from_toml(text, Path("data"), environ)


def refusal(text: str = URL, **environ: str) -> str:
    with pytest.raises(Misconfigured) as refused:
        read(text, **environ)
    return str(refused.value)


def with_url(url: str) -> str:
    return f"[node]\nurl = {json.dumps(url)}\n"


def test_a_url_is_enough():
    config = read()
    assert (config.origin, config.scheme, config.host) == ("https://hedge.example", "https", "hedge.example")
    assert config.handle_domain == "hedge.example"
    assert config.registrations.mode == "closed"
    assert config.federation.allow_networks == ()


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Hedge.Example/", "https://hedge.example"),
        ("https://hedge.example:443", "https://hedge.example"),
        ("http://hedge.example:443", "http://hedge.example:443"),
        ("http://127.0.0.1:8420", "http://127.0.0.1:8420"),
        ("http://[::1]:8420", "http://[::1]:8420"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_the_origin_is_the_url_in_its_one_spelling(url, origin):
    assert read(with_url(url)).origin == origin


@pytest.mark.parametrize(
    "url",
    [
        "hedge.example",
        "ftp://hedge.example",
        "https://",
        "https://hedge.example/node",
        "https://hedge.example?x",
        "https://hedge.example#",
        "https://ada:secret@hedge.example",
        "https://hedge.example:0",
        "https://hedge.example:99999",
        "https://hedge.example.",
        "https://[::1",
        "https://hedge..example",
    ],
)
def test_a_url_that_cannot_be_an_origin_is_refused(url):
    assert refusal(with_url(url)) == "[node] url must be http:// or https:// and a host, with nothing behind it"


def test_no_url_is_refused():
    assert "[node] url" in refusal("")


def test_handles_can_stand_under_another_domain():
    assert read(URL + 'handle_domain = "example"').handle_domain == "example"


@pytest.mark.parametrize("domain", ["https://example", "exa mple", "Example", "example/", "@example", "a" * 254])
def test_a_handle_domain_that_is_no_domain_is_refused(domain):
    assert "[node] handle_domain must be a domain" in refusal(URL + f'handle_domain = "{domain}"')


def test_the_environment_wins_over_the_file():
    config = read(
        URL + "[database]\nreaders = 3\n",
        HEDGEROW_NODE_URL="https://other.example",
        HEDGEROW_DATABASE_READERS="4",
        HEDGEROW_LIMITS_RATES="false",
        HEDGEROW_FEDERATION_ALLOW_NETWORKS='["127.0.0.0/8"]',
    )
    assert config.host == "other.example"
    assert config.database.readers == 4
    assert config.limits.rates is False
    assert config.federation.allow_networks == ("127.0.0.0/8",)


def test_the_environment_of_other_programs_is_not_ours():
    assert read(URL, PATH="/bin", HEDGEROW_DATA="elsewhere", HEDGE_NODE_URL="x") == read()


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        (URL + "[server]\nbnid = '127.0.0.1:1'", "hedgerow.toml: [server] bnid is no key; the nearest is [server] bind"),
        (URL + "[server]\nauthorized_fetch = true", "[server] authorized_fetch is no key; the nearest is [federation] authorized_fetch"),
        (URL + "[sever]\nbind = 'x'", "hedgerow.toml has no section for 'sever'; the nearest is [server]"),
        ("url = 'https://hedge.example'", "hedgerow.toml has no section for 'url'"),
        ("node = 3", "hedgerow.toml has no section for 'node'"),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest_known_one(text, nearest):
    assert nearest in refusal(text)


def test_an_unknown_key_of_the_environment_is_refused_too():
    assert refusal(HEDGEROW_NODE_ULR="x") == "HEDGEROW_NODE_ULR is no key; the nearest is [node] url"
    assert "HEDGEROW_SEVER_BIND is no key; the nearest is [server] bind" in refusal(HEDGEROW_SEVER_BIND="x")


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ('[database]\nreaders = "two"', "[database] readers must be a whole number"),
        ("[database]\nreaders = true", "[database] readers must be a whole number"),
        ("[database]\nreaders = 2.5", "[database] readers must be a whole number"),
        ("[limits]\nrates = 1", "[limits] rates must be true or false"),
        ("[log]\nlevel = []", "[log] level must be text in quotes"),
        ('[server]\ntrusted_proxies = "10.0.0.0/8"', "[server] trusted_proxies must be a list"),
        ("[server]\ntrusted_proxies = [10]", "[server] trusted_proxies must be a list"),
    ],
)
def test_another_type_is_refused(line, wanted):
    assert wanted in refusal(URL + line)


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("HEDGEROW_DATABASE_READERS", "many", "a whole number"),
        ("HEDGEROW_LIMITS_RATES", "no", "true or false"),
        ("HEDGEROW_SERVER_TRUSTED_PROXIES", "10.0.0.0/8", "a list"),
        ("HEDGEROW_SERVER_TRUSTED_PROXIES", '{"a": 1}', "a list"),
    ],
)
def test_another_type_in_the_environment_is_refused(name, text, wanted):
    assert f"{name} must be {wanted}" in refusal(**{name: text})


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("[database]\nreaders = 0", "1 or more"),
        ("[retention]\ndelivered_days = -1", "0 or more"),
        ('[registrations]\nmode = "ajar"', "one of closed, invite, approval, open"),
        ('[log]\nformat = "xml"', "one of plain, json"),
        ('[federation]\nallow_networks = ["localhost"]', "networks such as"),
        ('[server]\nbind = "8420"', "host:port"),
        ('[server]\nbind = "127.0.0.1:http"', "host:port"),
        ('[server]\nadmin_bind = "127.0.0.1:99999"', "host:port, or empty"),
        ('[database]\nurl = "mysql://x"', "sqlite:///FILE or postgresql://"),
        ('[media]\nfolder = ""', "a folder"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused(line, wanted):
    assert f"must be {wanted}" in refusal(URL + line)


def test_languages_are_tags_and_the_default_is_one_of_them():
    assert read(URL + 'languages = ["pt-BR", "en"]').node.languages == ("pt-BR", "en")
    assert "language tags" in refusal(URL + "languages = []")
    assert "language tags" in refusal(URL + 'languages = ["english!"]')
    assert "must be one of [node] languages" in refusal(URL + 'languages = ["fr"]')


def test_text_that_is_no_toml_is_refused():
    assert refusal("[node").startswith("hedgerow.toml is not TOML: ")


def test_a_data_folder_is_read(tmp_path):
    (tmp_path / "hedgerow.toml").write_text(URL)
    config = load_config(tmp_path, {})
    assert config.data_dir == tmp_path
    assert config.media_folder == tmp_path / "media"
    assert config.sqlite_file == tmp_path / "hedgerow.db"


def test_without_a_file_the_environment_is_enough(tmp_path):
    assert load_config(tmp_path, {"HEDGEROW_NODE_URL": "https://hedge.example"}).host == "hedge.example"


def test_a_folder_that_holds_nothing_is_refused_with_the_way_to_make_it(tmp_path):
    with pytest.raises(Misconfigured, match=r"make it one with: hedgerow --data \S+ init --url URL"):
        load_config(tmp_path, {})


def test_a_file_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "hedgerow.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(Misconfigured, match="cannot be read"):
        load_config(tmp_path, {})


def test_a_postgresql_database_has_no_file():
    assert read(URL + '[database]\nurl = "postgresql:///hedgerow"').sqlite_file is None


def test_a_database_may_stand_elsewhere():
    assert read(URL + '[database]\nurl = "sqlite:////srv/h.db"').sqlite_file == Path("/srv/h.db")


def test_the_user_agent_says_who_asks():
    assert re.fullmatch(r"Hedgerow/\S+ \(\+https://hedge\.example/\)", read().user_agent)
    assert read(URL + '[federation]\nuser_agent = "Quiet"').user_agent == "Quiet"


def stated_defaults() -> dict[str, str]:
    """{"section.key": its default as TOML spells it} in the code."""
    return {
        f"{name}.{field.name}": "required" if field.default is dataclasses.MISSING else as_toml(field.default)
        for name, section in SECTIONS.items()
        for field in dataclasses.fields(section)
    }


def as_toml(value: object) -> str:
    return json.dumps(list(value) if isinstance(value, tuple) else value)


def documented_defaults() -> dict[str, str]:
    """The same out of the tables of docs/configuration.md."""
    found, section = {}, ""
    for line in DOCUMENTATION.read_text(encoding="utf-8").splitlines():
        if heading := re.fullmatch(r"## \[(\w+)\].*", line):
            section = heading[1]
        elif row := re.fullmatch(r"\| `(\w+)` \| (.+?) \| \S.*\. \|", line):
            found[f"{section}.{row[1]}"] = row[2].strip("`")
    return found


def test_every_key_is_documented_with_its_default_and_no_other():
    assert documented_defaults() == stated_defaults()
