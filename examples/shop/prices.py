"""Fetches the wholesale price list and writes prices.json: python3 prices.py URL."""
import json
import sys

import jinja2
import requests
import yaml

MARKUP = jinja2.Template("{{ (cost * 1.4) | round(0) | int }}")

items = yaml.safe_load(requests.get(sys.argv[1], timeout=30).text)
for item in items:
    item["price"] = int(MARKUP.render(cost=item.pop("cost")))
with open("prices.json", "w", encoding="utf-8") as out:
    json.dump(items, out, indent=2)
