"""A throw-away installation: PostgreSQL, Valkey, gunicorn with two workers. Gone when the block ends."""

import contextlib
import subprocess
import sys

from portal.up import guards, throwaway
from tests.chaos.stack import ROOT, Stack

PORTS = range(8320, 8340)
FURNISH = "from tests.bench.furnish import furnish; print(furnish())"


class House(Stack):
    """The processes of the web side; `session` is the owner's cookie."""

    session = ""

    def __init__(self, home, sockets):
        super().__init__(home, sockets, smtp_port=0, lease=30)
        self.port = next(port for port in PORTS if guards.is_free(port))
        self.host = f"127.0.0.1:{self.port}"
        self.valkey = sockets / "valkey.sock"
        self.environment |= {
            "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
            "CACHE_URL": f"unix://{self.valkey}?db=1",
            "SITE_URL": f"http://{self.host}",
            "PORT": str(self.port),
        }
        self.environment.pop("EMAIL_URL")

    def measure(self, module):
        """Run a module in a process of its own; the answer is what it prints."""
        words = [sys.executable, "-m", module]
        done = subprocess.run(words, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True, check=True)
        return done.stdout


@contextlib.contextmanager
def standing():
    """A house with one page, one door, and a web server that answers."""
    with throwaway.postgres() as sockets:
        house = House(sockets.parent, sockets)
        try:
            for words in (["migrate", "-v0"], ["shell", "-v0", "-c", FURNISH]):
                code, said = house.manage(*words)
                assert code == 0, said
            house.session = said.split()[-1]
            house.start("broker", "web")
            assert house.wait_until(lambda: house.answers("/@bench") == 200, 60), house.log("web")
            yield house
        finally:
            for name in list(house.running):
                house.kill(name)
