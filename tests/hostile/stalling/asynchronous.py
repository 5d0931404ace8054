"""The loop of asynchronous tasks is used up by tasks that start tasks.

score: 31
status: partly_graded
"""

# %% own
import asyncio


async def breed():
    while True:
        asyncio.ensure_future(breed())
        await asyncio.sleep(0)


await asyncio.wait_for(breed(), None)
