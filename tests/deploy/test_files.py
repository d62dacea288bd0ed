"""What stands in deploy/ is accepted by the programs that it is for."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.nodes import CHECKOUT

DEPLOY = CHECKOUT / "deploy"


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


def program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"needs {name}: make ready-to-test installs it on Debian")
    return found


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit with a program that is there."""
    copy = tmp_path / "hedgerow.service"
    copy.write_text((DEPLOY / "hedgerow.service").read_text().replace("/opt/hedgerow/bin/hedgerow", "/bin/true"))
    return copy


def test_systemd_takes_the_unit_and_finds_it_safe(unit):
    answer = run(program("systemd-analyze"), "verify", str(unit))
    assert (answer.returncode, answer.stderr) == (0, "")
    exposure = run(program("systemd-analyze"), "security", "--offline=true", "--threshold=20", str(unit))
    assert exposure.returncode == 0, exposure.stdout[-300:]


def test_systemd_would_say_what_is_wrong(unit):
    unit.write_text(unit.read_text().replace("ProtectSystem=strict", "ProtectSystems=strict"))
    assert "ProtectSystems" in run(program("systemd-analyze"), "verify", str(unit)).stderr


def test_nginx_takes_its_file(tmp_path):
    certificate, key = make_certificate(tmp_path)
    site = (DEPLOY / "nginx.conf").read_text()
    for name, file in (("fullchain.pem", certificate), ("privkey.pem", key)):
        site = site.replace(f"/etc/letsencrypt/live/hedge.example/{name}", str(file))
    main = tmp_path / "nginx.conf"
    main.write_text(f"pid {tmp_path}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{site}\n}}\n")
    answer = run(program("nginx"), "-t", "-c", str(main))
    assert answer.returncode == 0, answer.stderr


def make_certificate(folder: Path) -> tuple[Path, Path]:
    certificate, key = folder / "cert.pem", folder / "key.pem"
    made = run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
               "-subj", "/CN=hedge.example", "-keyout", str(key), "-out", str(certificate))  # fmt: skip
    assert made.returncode == 0, made.stderr
    return certificate, key


def test_caddy_takes_its_file():
    answer = run(program("caddy"), "adapt", "--config", str(DEPLOY / "Caddyfile"), "--validate")
    assert answer.returncode == 0, answer.stderr
    assert '"127.0.0.1:8420"' in answer.stdout
