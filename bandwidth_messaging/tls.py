"""TLS as a configuration asks for it: 1.2 at least, and verified unless it says otherwise."""

import ssl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .configuration import Configuration

__all__ = ["tls_context"]


def tls_context(configuration: "Configuration") -> ssl.SSLContext:
    """The context of all connections to a server or a proxy.

    Raises:
        OSError: A certificate or key cannot be read (ssl.SSLError is one too).
    """
    context = ssl.create_default_context(cafile=configuration.ssl_ca_cert, cadata=configuration.ca_cert_data)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if configuration.cert_file is not None:
        context.load_cert_chain(configuration.cert_file, configuration.key_file)
    if not configuration.verify_ssl:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
