"""Asks a server by the package datadiligence: `ask_datadiligence.py ADDRESS`, addresses of pictures on standard input."""
import asyncio
import json
import os
import sys

os.environ["SPAWNING_OPTS_KEY"] = "any"
import datadiligence  # noqa: E402
from datadiligence.evaluators import PreprocessEvaluator  # noqa: E402
from datadiligence.rules import SpawningAPI  # noqa: E402

SpawningAPI.SPAWNING_AI_API_URL = sys.argv[1]
urls = sys.stdin.read().split("\n")
rule = SpawningAPI(user_agent="a builder", chunk_size=3)
evaluator = PreprocessEvaluator()
print(json.dumps({
    "ready": rule.is_ready(),
    "is_allowed": rule.is_allowed(urls=urls),
    "is_allowed_async": asyncio.run(rule.is_allowed_async(urls=urls)),
    "filter_allowed": evaluator.filter_allowed(urls=urls),
    "one": datadiligence.is_allowed(name="preprocess", urls=urls[:1]),
}))
