"""What a plain function may know of the node."""

from tests.node.conftest import NOON


async def test_a_site_tells_the_clocks_time(world, clock):
    assert world.context.site.now() == NOON
    before = world.context.site.now_ms()
    clock.go(seconds=1.5)
    assert world.context.site.now_ms() - before == 1500


async def test_keys_are_loaded_once_and_anew_when_asked(world):
    ada = await world.account("ada")
    keyring, read = world.context.site.keyring, world.context.database.read
    assert keyring.find_signer(ada.id) is None
    signer = await read(keyring.signer, ada.id)
    assert signer.key_uri == f"{ada.uri}#main-key"
    assert await read(keyring.signer, ada.id) is signer
    assert (await read(keyring.proof_signer, ada.id)).verification_method == f"{ada.uri}#ed25519-key"
    keyring.forget()
    assert keyring.find_signer(ada.id) is None
