"""The agent's tools by the client of the Python package `mcp`, on standard input and over HTTP.

Usage: python3 agent.py PROGRAM INDEX ADDRESS
"""

import asyncio
import sys

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

try:
    from mcp.client.streamable_http import streamablehttp_client as http_client
except ImportError:
    from mcp.client.streamable_http import streamable_http_client as http_client


async def use(streams):
    async with ClientSession(streams[0], streams[1]) as session:
        await session.initialize()
        tools = (await session.list_tools()).tools
        found = (await session.call_tool("search", {"q": "北堤", "limit": 2})).content[0].text
        key = found.split("key ")[1][:13]
        article = await session.read_resource(f"jianbao://article/{key}")
        prompt = await session.get_prompt("check_quote", {"quote": "堤何时合龙"})
        assert "北堤" in article.contents[0].text
        assert "堤何时合龙" in prompt.messages[0].content.text
        print(len(tools), "tools,", len((await session.list_prompts()).prompts), "prompts")


async def main(program, index, address):
    server = StdioServerParameters(command=program, args=["mcp", "--index", index])
    async with stdio_client(server) as streams:
        await use(streams)
    async with http_client(address) as streams:
        await use(streams)


asyncio.run(main(*sys.argv[1:]))
