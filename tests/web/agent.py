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


def bounded(text):
    assert 0 < len(text) <= 12_000, len(text)
    return text


async def use(streams):
    async with ClientSession(streams[0], streams[1]) as session:
        await session.initialize()
        found = (await session.call_tool("search", {"q": "北堤", "limit": 20})).content[0].text
        key = found.split("key ")[1][:13]
        arguments = {
            "search": {"q": "北堤", "sort": "newest"},
            "fetch": {"key": key},
            "list_speakers": {"pattern": "魏"},
            "speaker_profile": {"name": "魏长河"},
            "count_over_time": {"q": "北堤", "period": "year"},
            "compare_reprints": {"key": key},
            "verify_quote": {"quote": "此话从未有人说起"},
            "coverage": {},
        }
        tools = (await session.list_tools()).tools
        for tool in tools:
            result = await session.call_tool(tool.name, arguments[tool.name])
            bounded(result.content[0].text)
            assert "unknown" not in result.content[0].text, result
        addresses = [str(one.uri) for one in (await session.list_resources()).resources]
        addresses += [f"jianbao://article/{key}", "jianbao://speaker/段洪亮"]
        for address, expected in zip(addresses, ["not_speaker", "北堤", "statements"], strict=True):
            read = await session.read_resource(address)
            assert expected in bounded(read.contents[0].text), address
        prompts = (await session.list_prompts()).prompts
        for prompt in prompts:
            given = {prompt.arguments[0].name: "堤何时合龙"}
            got = await session.get_prompt(prompt.name, given)
            assert "堤何时合龙" in bounded(got.messages[0].content.text), prompt.name
        print(len(tools), "tools,", len(prompts), "prompts")


async def main(program, index, address):
    server = StdioServerParameters(command=program, args=["mcp", "--index", index])
    async with stdio_client(server) as streams:
        await use(streams)
    async with http_client(address) as streams:
        await use(streams)


asyncio.run(main(*sys.argv[1:]))
