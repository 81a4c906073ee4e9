"""How requests reach a server: the only code that knows urllib3."""

import urllib3

if hasattr(urllib3, "AsyncPoolManager"):
    raise ImportError(
        "urllib3-future is installed in place of urllib3 (niquests brings it), and its "
        "connections are others than urllib3's: use an environment without it, or install urllib3 over it "
        "(pip install --force-reinstall urllib3)"
    )
