"""TLS as a configuration asks for it: 1.2 at least, and verified unless it says otherwise."""

import ssl

from .._call.exchange import reason_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..configuration import Configuration

__all__ = ["UnreadableCertificateError", "tls_context"]


class UnreadableCertificateError(OSError):
    """A certificate or key that the configuration names cannot be read."""


def tls_context(configuration: "Configuration") -> ssl.SSLContext:
    """The context of all connections to a server or a proxy.

    Raises:
        UnreadableCertificateError: A certificate or key cannot be read; the message names the option.
    """
    try:
        context = ssl.create_default_context(cafile=configuration.ssl_ca_cert, cadata=configuration.ca_cert_data)
    except OSError as error:
        name = "ssl_ca_cert" if configuration.ssl_ca_cert is not None else "ca_cert_data"
        raise UnreadableCertificateError(f"{name}: {reason_of(error)}") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if configuration.cert_file is not None:
        try:
            context.load_cert_chain(configuration.cert_file, configuration.key_file)
        except OSError as error:
            raise UnreadableCertificateError(f"cert_file or key_file: {reason_of(error)}") from None
    if not configuration.verify_ssl:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
