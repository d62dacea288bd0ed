"""Files in a bucket that speaks S3 (aiobotocore). What the keeper configured is reached directly, not by the outbound client.

What is asked of it is the part that every such server has: PutObject, GetObject with a range, HeadObject, DeleteObject, ListObjectsV2,
path-style addresses at an endpoint of one's own, bodies signed rather than followed by a checksum, which older servers refuse.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import aiohttp
from aiobotocore.config import AioConfig  # type: ignore[import-untyped]  # it has none
from aiobotocore.session import get_session  # type: ignore[import-untyped]  # it has none
from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]  # it has none

from federation.errors import Unreachable
from node.config.records import Media
from node.errors import NotFound
from node.stores import CHUNK, NAME, Stored, all_of

log = logging.getLogger(__name__)

REGION = "us-east-1"  # what servers expect that have no regions
CONNECT_S, READ_S, AT_ONCE = 5, 30, 20
MISSING = {"NoSuchKey", "404", "NotFound"}
SENTENCE = "The files cannot be reached just now. Try again in a while."


@asynccontextmanager
async def open_bucket(media: Media) -> AsyncIterator[Callable[[str], "Area"]]:
    """Makes the stores in the keeper's bucket, by the names of their areas. Nothing is asked of the bucket yet."""
    settings = AioConfig(
        connect_timeout=CONNECT_S,
        read_timeout=READ_S,
        max_pool_connections=AT_ONCE,
        retries={"mode": "standard", "max_attempts": 2},
        s3={"addressing_style": "path" if media.endpoint else "auto"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    async with get_session().create_client(
        "s3",
        region_name=media.region or REGION,
        endpoint_url=media.endpoint or None,
        aws_access_key_id=media.access_key or None,
        aws_secret_access_key=media.secret_key or None,
        config=settings,
    ) as client:
        yield lambda area: Area(client, media.bucket, f"{area}/")


class Area:
    """The files whose keys begin with a prefix; see Store."""

    def __init__(self, client: Any, bucket: str, prefix: str) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = prefix

    def _place(self, name: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": self._prefix + name}

    async def put(self, name: str, body: bytes) -> None:
        """See Store. S3 answers once the file is durable."""
        with _named(self._bucket):
            await self._client.put_object(**self._place(name), Body=body)

    async def get(self, name: str) -> bytes:
        """See Store."""
        with _named(self._bucket):
            found = await self._client.get_object(**self._place(name))
            async with found["Body"] as body:
                whole: bytes = await body.read()
                return whole

    async def find(self, name: str) -> Stored | None:
        """See Store."""
        if not NAME.fullmatch(name):
            return None
        try:
            with _named(self._bucket):
                found = await self._client.head_object(**self._place(name))
        except NotFound:
            return None
        return Stored(name, found["ContentLength"], found["LastModified"])

    @asynccontextmanager
    async def open(self, name: str, first: int, count: int) -> AsyncIterator[AsyncIterator[bytes]]:
        """See Store."""
        with _named(self._bucket):
            found = await self._client.get_object(**self._place(name), Range=f"bytes={first}-{first + count - 1}")
        async with found["Body"] as body:
            yield self._pieces(body)

    async def _pieces(self, body: Any) -> AsyncIterator[bytes]:
        with _named(self._bucket):
            async for piece in body.iter_chunks(CHUNK):
                yield piece

    async def delete(self, names: Collection[str]) -> None:
        """See Store. One by one: what deletes many at once wants a checksum that not every server knows."""
        room = asyncio.Semaphore(AT_ONCE)

        async def delete_one(name: str) -> None:
            async with room:
                with _named(self._bucket):
                    await self._client.delete_object(**self._place(name))

        await all_of(map(delete_one, names))

    async def list(self) -> AsyncIterator[Stored]:
        """See Store."""
        with _named(self._bucket):
            async for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._prefix):
                for each in page.get("Contents", ()):
                    yield Stored(each["Key"].removeprefix(self._prefix), each["Size"], each["LastModified"])


@contextmanager
def _named(bucket: str) -> Iterator[None]:
    """Gives what the library raises our own names; what it says goes to the log, for it can name keys and hosts."""
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code"))
        if code in MISSING:
            raise NotFound("There is no such file.") from error
        log.error("the bucket refused", extra={"bucket": bucket, "code": code, "operation": error.operation_name})
        raise Unreachable(SENTENCE) from error
    except (BotoCoreError, aiohttp.ClientError, TimeoutError, OSError) as error:
        log.error("the bucket does not answer", extra={"bucket": bucket, "reason": type(error).__name__})
        raise Unreachable(SENTENCE) from error
