"""CPU milliseconds for each request, in this process and in Valkey: the public page beside an empty view.

Run as `python -m tests.bench.cpu` inside a house; prints one line of JSON.
"""

import io
import json
import statistics
import sys
import time

ROUNDS, EACH = 9, 150


def environment(path, **headers):
    """What gunicorn would hand over for a browser."""
    from django.conf import settings

    path, _mark, query = path.partition("?")
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "http",
        "HTTP_HOST": settings.SITE_URL.partition("//")[2],
        "HTTP_ACCEPT_ENCODING": "gzip, deflate, br",
        "HTTP_ACCEPT_LANGUAGE": "en-GB,en;q=0.9",
        "HTTP_COOKIE": "zone=Europe/Lisbon; theme=light",
    } | headers


def ask(handler, path, **headers):
    """One request from end to end: (status, headers)."""
    said = []
    response = handler(environment(path, **headers), lambda *words: said.append(words))
    for _part in response:
        pass
    response.close()
    return int(said[0][0][:3]), dict(said[0][1])


def valkey_cpu():
    """Seconds that the cache server has worked."""
    from django.core.cache import cache

    used = cache._cache.get_client().info("cpu")
    return used["used_cpu_user"] + used["used_cpu_sys"]


def measure(handler, cases):
    """The median of some rounds, the cases in turns: {name: milliseconds}."""
    rounds = {name: [] for name in cases}
    for _round in range(ROUNDS):
        for name, (path, headers, status) in cases.items():
            other, began = valkey_cpu(), time.process_time()
            for _request in range(EACH):
                assert ask(handler, path, **headers)[0] == status
            spent = time.process_time() - began + valkey_cpu() - other
            rounds[name].append(1000 * spent / EACH)
    return {name: round(statistics.median(spent), 3) for name, spent in rounds.items()}


def main():
    """All cases once to warm up, then the rounds."""
    import django

    django.setup()
    from portal.wsgi import application

    ask(application, "/@bench")
    etag = ask(application, "/@bench")[1]["ETag"]
    cases = {
        "empty": ("/empty", {}, 200),
        "kept": ("/@bench", {}, 200),
        "same": ("/@bench", {"HTTP_IF_NONE_MATCH": etag}, 304),
        "drawn": ("/@bench?drawn=anew", {}, 200),
    }
    for path, headers, status in cases.values():
        assert ask(application, path, **headers)[0] == status
    print(json.dumps(measure(application, cases)))


if __name__ == "__main__":
    main()
